import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { Client } from 'undici';
import { createConnector, PrivateAddress } from './connecting.ts';
import { machineNames } from './names.ts';

/** The sender refuses such URLs before; the connector does not rely on it. */
test.each([
  '127.0.0.1',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '2130706433',
  '0177.0.0.1',
  '0x7f.1',
  '127.1',
  '0.0.0.0',
  'localhost',
])('nobody connects to %s', async (host) => {
  let connections = 0;
  const server = createServer((_, response) => response.end()).on('connection', () => (connections += 1));
  server.listen(0);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const asked = async (allowPrivate: boolean): Promise<number> => {
    const connect = createConnector({ timeoutMs: 5_000, names: machineNames, allowPrivate });
    const client = new Client(`http://${host}:${port}`, { connect, pipelining: 0 });
    try {
      return (await client.request({ method: 'GET', path: '/' })).statusCode;
    } finally {
      await client.destroy();
    }
  };
  await expect(asked(false)).rejects.toThrow(PrivateAddress);
  expect(connections).toBe(0);
  expect(await asked(true)).toBe(200);
});
