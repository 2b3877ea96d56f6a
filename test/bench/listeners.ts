import { createServer } from 'node:http';
import { connect } from '@reslot/adapters/connect';
import { knexEndpoints } from '@reslot/adapters/knex';
import type { Endpoint } from '@reslot/core';
import { APP_ID, callId } from './workload.ts';

/** A receiver of webhooks that takes everything at once. */
export interface Listener {
  /** When message number `count` has come, the first being 1, by `performance.now()`. */
  received(count: number): Promise<number>;
  close(): void;
}

/** Makes so many in the database at `url`, each on a host of its own, as the sender bounds its connections to one host. */
export async function listeners(url: string, many: number): Promise<Listener[]> {
  const db = connect(url);
  const made: Listener[] = [];
  for (let index = 0; index < many; index += 1) {
    const { port, ...one } = await listener(`127.0.0.${index + 1}`);
    const endpoint: Endpoint = {
      appId: APP_ID,
      id: callId(index),
      url: `http://127.0.0.${index + 1}:${port}/`,
      description: null,
      types: null,
      status: 'active',
      trouble: null,
      secret: `whsec_${Buffer.alloc(32, index).toString('base64')}`,
      previousSecret: null,
      previousUntil: null,
      familyHeaders: false,
      createdAt: Date.now(),
      version: 1,
    };
    await knexEndpoints(db).add(endpoint, many);
    made.push(one);
  }
  await db.destroy();
  return made;
}

async function listener(host: string): Promise<Listener & { readonly port: number }> {
  let total = 0;
  const waiting = new Map<number, (at: number) => void>();
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      total += 1;
      waiting.get(total)?.(performance.now());
      waiting.delete(total);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('a port was to be there');
  return {
    port: address.port,
    received: (count) =>
      new Promise((resolve) => {
        if (count <= total) throw new Error(`message ${count} came before it was expected`);
        waiting.set(count, resolve);
      }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
