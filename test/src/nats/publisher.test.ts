import { AckPolicy, jetstream, type JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anyBroker, ownStream, publisher, renamed } from './brokers.ts';

/** What a consumer of its own gets of a stream, from the first message on. */
async function stored(
  servers: readonly string[],
  manager: JetStreamManager,
  stream: string,
  filter?: string,
) {
  const connection = await connect({ servers: [...servers] });
  onTestFinished(() => connection.close());
  const { name } = await manager.consumers.add(stream, {
    name: 'reader',
    ack_policy: AckPolicy.Explicit,
    ...(filter !== undefined && { filter_subject: filter }),
  });
  const consumer = await jetstream(connection).consumers.get(stream, name);
  const { num_pending: most } = await consumer.info();
  const got: { subject: string; headers: Record<string, string>; body: string }[] = [];
  for (let left = most; left > 0; left -= 1) {
    const message = await consumer.next();
    if (!message) throw new Error('a message was to be there');
    message.ack();
    const headers = message.headers?.keys().map((key) => [key, message.headers?.get(key) ?? '']) ?? [];
    got.push({ subject: message.subject, headers: Object.fromEntries(headers), body: message.string() });
  }
  return got;
}

describe.skipIf(!anyBroker)('a message', () => {
  test('is read back by a consumer byte for byte, with its headers', async () => {
    const { servers, manager, ...own } = await ownStream();
    const message = renamed(1);
    expect(await publisher({ servers, ...own }).publish(message)).toEqual({
      kind: 'published',
      duplicate: false,
    });
    expect(await stored(servers, manager, own.stream)).toEqual([
      {
        subject: `${own.prefix}.app%2E1.scheduled.guest_updated`,
        headers: {
          'Nats-Msg-Id': 'app%2E1:call:1',
          'Nats-Expected-Stream': own.stream,
          'Content-Type': 'application/cloudevents+json; charset=utf-8',
        },
        body: message.body,
      },
    ]);
  });

  test('that comes twice is stored once, and answered as a duplicate', async () => {
    const { servers, manager, ...own } = await ownStream();
    const { publish } = publisher({ servers, ...own });
    expect(await publish(renamed(1))).toEqual({ kind: 'published', duplicate: false });
    expect(await publish(renamed(1))).toEqual({ kind: 'published', duplicate: true });
    const other = publisher({ servers, ...own });
    expect(await other.publish(renamed(1))).toEqual({ kind: 'published', duplicate: true });
    expect(await publish(renamed(2))).toEqual({ kind: 'published', duplicate: false });
    expect((await manager.streams.info(own.stream)).state.messages).toBe(2);
  });

  test('of one call follows the one before it, when that is awaited', async () => {
    const { servers, manager, ...own } = await ownStream();
    const { publish } = publisher({ servers, ...own });
    const messages = Array.from({ length: 50 }, (_, index) => renamed(index + 1));
    for (const message of messages) await publish(message);
    const got = await stored(servers, manager, own.stream);
    expect(got.map(({ body }) => body)).toEqual(messages.map(({ body }) => body));
  });

  test('can be chosen by its app, though another has a dot in its name', async () => {
    const { servers, manager, ...own } = await ownStream();
    const { publish } = publisher({ servers, ...own });
    for (const appId of ['app', 'app.scheduled', 'app:2']) await publish(renamed(1, { appId }));
    const got = await stored(servers, manager, own.stream, `${own.prefix}.app.>`);
    expect(got.map(({ subject }) => subject)).toEqual([`${own.prefix}.app.scheduled.guest_updated`]);
  });

  test('is published among many that are under way, by a publisher that has only begun', async () => {
    const { servers, manager, ...own } = await ownStream();
    const { publish } = publisher({ servers, ...own });
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, index) => publish(renamed(index + 1))));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['published']));
    expect((await manager.streams.info(own.stream)).state.messages).toBe(50);
  });

  test.each([
    ['than the broker takes', {}, 1_100_000, /max_payload/],
    ['than the stream takes', { max_msg_size: 2000 }, 2000, /message size exceeds/],
  ])('that is larger %s is refused, and the next is not', async (_, config, length, words) => {
    const { servers, manager, ...own } = await ownStream();
    const { publish, ready } = publisher({ servers, ...own });
    await ready();
    await manager.streams.update(own.stream, config);
    expect(await publish(renamed(1, { guestName: 'x'.repeat(length) }))).toEqual({
      kind: 'refused',
      message: expect.stringMatching(words),
    });
    expect(await publish(renamed(2))).toEqual({ kind: 'published', duplicate: false });
  });
});

describe.skipIf(!anyBroker)('a stream', () => {
  test('is made with what was asked for, and found again', async () => {
    const { servers, manager, ...own } = await ownStream();
    const asked = { servers, ...own, duplicateWindowMs: 90_000, maxAgeMs: 3_600_000 };
    expect(await publisher(asked).ready()).toEqual({ kind: 'ready' });
    expect(await publisher(asked).ready()).toEqual({ kind: 'ready' });
    expect((await manager.streams.info(own.stream)).config).toMatchObject({
      subjects: [`${own.prefix}.>`],
      duplicate_window: 90_000_000_000,
      max_age: 3_600_000_000_000,
      num_replicas: 1,
    });
  });

  test('is made once by several that begin together', async () => {
    const { servers, ...own } = await ownStream();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async (_, index) =>
        publisher({ servers, ...own }).publish(renamed(index + 1)),
      ),
    );
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['published']));
  });

  test.each<[string, (own: string) => { subjects: string[]; duplicate_window?: number }, RegExp]>([
    ['takes single words only', (own) => ({ subjects: [`${own}.*`] }), /does not take/],
    ['takes other subjects', (own) => ({ subjects: [`${own}.app.>`] }), /does not take/],
    [
      'knows copies for a shorter time',
      (own) => ({ subjects: [`${own}.>`], duplicate_window: 60_000_000_000 }),
      /for less than 600000 ms/,
    ],
  ])('that %s is left as it is, and said to be wrong', async (_, configOf, words) => {
    const { servers, manager, ...own } = await ownStream();
    await manager.streams.add({ name: own.stream, ...configOf(own.prefix) });
    const { publish, ready } = publisher({ servers, ...own });
    const refused = { kind: 'refused', message: expect.stringMatching(words) };
    expect(await ready()).toEqual(refused);
    expect(await publish(renamed(1))).toEqual(refused);
    const { config } = await manager.streams.info(own.stream);
    expect(config).toMatchObject(configOf(own.prefix));
  });

  test.each([['>'], ['*', '>']])('that takes more is as good, such as %s%s', async (...rest) => {
    const { servers, manager, ...own } = await ownStream();
    const subjects = [[own.prefix, ...rest].join('.')];
    await manager.streams.add({ name: own.stream, subjects, duplicate_window: 600_000_000_000 });
    const { publish } = publisher({ servers, stream: own.stream, prefix: `${own.prefix}.events` });
    expect(await publish(renamed(1))).toEqual({ kind: 'published', duplicate: false });
  });

  test('that is not there, and is not ours to make, is what cannot be reached', async () => {
    const { servers, ...own } = await ownStream();
    const { publish } = publisher({ servers, ...own, manageStream: false });
    expect(await publish(renamed(1))).toEqual({ kind: 'unreachable', fault: 'no_stream' });
  });

  test('that is gone is made again at the next attempt', async () => {
    const { servers, manager, ...own } = await ownStream();
    const { publish } = publisher({ servers, ...own });
    await publish(renamed(1));
    await manager.streams.delete(own.stream);
    expect(await publish(renamed(2))).toEqual({ kind: 'unreachable', fault: 'no_stream' });
    expect(await publish(renamed(2))).toEqual({ kind: 'published', duplicate: false });
  });

  test('of somebody else does not get our messages', async () => {
    const { servers, manager, ...own } = await ownStream();
    await manager.streams.add({ name: own.stream, subjects: [`${own.prefix}.>`] });
    const { publish } = publisher({ servers, prefix: own.prefix, stream: 'ours', manageStream: false });
    expect(await publish(renamed(1))).toEqual({
      kind: 'refused',
      message: expect.stringContaining('expected stream does not match'),
    });
    expect((await manager.streams.info(own.stream)).state.messages).toBe(0);
  });
});
