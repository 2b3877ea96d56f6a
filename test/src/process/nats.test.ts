import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, onTestFinished, test } from 'vitest';
import { broker, ownBrokers } from '../nats/brokers.ts';
import { useServers } from './use-servers.ts';

const { start } = useServers();

test.runIf(ownBrokers)('events go to the broker of NATS_URL, as the user that it names', async () => {
  const { url } = await broker('authorization { user: "reslot", password: "p@ss" }\n');
  const connection = await connect({ servers: url, user: 'reslot', pass: 'p@ss' });
  onTestFinished(() => connection.close());
  const published = connection.subscribe('reslot.>', { max: 1 })[Symbol.asyncIterator]().next();
  await start({ NATS_URL: url.replace('//', '//reslot:p%40ss@') });
  // A booking of the demo.
  expect((await published).value?.subject).toMatch(/\.scheduled\.created$/);
});

test.runIf(ownBrokers)('tls:// insists on TLS', async () => {
  const { url } = await broker();
  const server = await start({ NATS_URL: url.replace('nats:', 'tls:') });
  const connection = await connect({ servers: url });
  onTestFinished(() => connection.close());
  const manager = await jetstreamManager(connection);
  expect(await server.stop()).toBe(0);
  expect(await manager.streams.names().next()).toEqual([]);
});
