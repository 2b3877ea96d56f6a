import { describe, expect, test } from 'vitest';
import { DELIVERED, to, type OutboxContext } from './outbox-context.ts';

/** Events wait until they are handed out. */
export function outboxEvents(context: OutboxContext): void {
  const { add, endpointOf, happen, handedOut, settle, all } = context;

  describe('events', () => {
    test('wait from their commit until they are handed out, each call’s in their order', async () => {
      await add(endpointOf('one'));
      const other = `${context.appId}-other`;
      const a = await happen('a', 3);
      const b = await happen('b');
      const foreign = await happen('a', 2, other);
      const { events, endpoints } = await context.outbox.waiting(100);
      for (const expected of [a, b, foreign]) {
        const [first] = expected;
        expect(
          events.filter(({ appId: app, callId }) => app === first?.appId && callId === first.callId),
        ).toEqual(
          expected.map(({ appId, callId, seq, type, at }) => ({
            place: expect.any(Number),
            appId,
            callId,
            seq,
            type,
            at,
          })),
        );
      }
      expect(endpoints).toEqual([endpointOf('one')]);
      await context.handOut(a, []);
      expect((await context.outbox.waiting(100)).events).toHaveLength(3);
      await context.handOut([...b, ...foreign], []);
      expect(await context.outbox.waiting(100)).toEqual({ events: [], endpoints: [] });
    });

    test('no more at once than asked for: those that were written first, and of a call none without those before it', async () => {
      // Neither in the order of their ids nor in that of their times.
      await happen('b-late', 3, context.appId, 20);
      await happen('a-early', 2, context.appId, 10);
      const taken: string[] = [];
      for (let steps = 0; steps < 3; steps += 1) {
        const { events } = await context.outbox.waiting(2);
        taken.push(events.map(({ callId, seq }) => `${callId} ${seq}`).join(', '));
        await context.outbox.handOut(events, []);
      }
      expect(taken).toEqual(['b-late 1, b-late 2', 'b-late 3, a-early 1', 'a-early 2']);
    });

    test('of one commit are all given, each once, and are gone when they are handed out', async () => {
      const other = `${context.appId}-other`;
      await context.happenTogether(['a', 'b', 'c'], ['d'], other);
      const taken: string[] = [];
      for (let steps = 0; steps < 4; steps += 1) {
        const { events } = await context.outbox.waiting(1);
        taken.push(...events.map(({ appId, callId }) => `${appId} ${callId}`));
        await context.outbox.handOut(events.slice(0, 1), []);
      }
      expect(taken.toSorted()).toEqual([
        ...['a', 'b', 'c'].map((id) => `${context.appId} ${id}`),
        `${other} d`,
      ]);
    });

    test('more of one commit than fit into one row or one statement', async () => {
      const ids = Array.from({ length: 600 }, (_, index) => `call-${index}`);
      await context.happenTogether(ids);
      const taken: string[] = [];
      for (let steps = 0; steps < 600 && taken.length < 600; steps += 1) {
        const { events } = await context.outbox.waiting(100);
        expect(events.length).toBeGreaterThanOrEqual(Math.min(100, 600 - taken.length));
        taken.push(...events.map(({ callId }) => callId));
        await context.outbox.handOut(events, []);
      }
      expect(taken.toSorted()).toEqual(ids.toSorted());
    });

    test('never have the place of one that is gone: who is late takes nobody else out', async () => {
      await happen('a');
      const { events: late } = await context.outbox.waiting(100);
      await context.outbox.handOut(late, []);
      await happen('b');
      await context.outbox.handOut(late, []);
      expect((await context.outbox.waiting(100)).events.map(({ callId }) => callId)).toEqual(['b']);
    });

    test('that are handed out again leave deliveries as they are', async () => {
      await add(endpointOf('one'));
      const events = await handedOut({ a: 1 }, 'one');
      await settle(DELIVERED);
      await context.handOut(
        events,
        events.flatMap((event) => [to('one', event), to('@bus', event)]),
      );
      expect((await all()).map(({ destination, state }) => `${destination} ${state}`).toSorted()).toEqual([
        '@bus pending',
        'one delivered',
      ]);
    });

    test('for an endpoint that is gone are taken out, and go nowhere', async () => {
      await handedOut({ a: 1 }, 'gone', '@bus');
      expect((await all()).map(({ destination }) => destination)).toEqual(['@bus']);
    });

    test('more of them than one statement takes', async () => {
      const events = (await happen('a', 1)).flatMap((event) =>
        Array.from({ length: 600 }, (_, index) => ({ ...event, seq: index + 1 })),
      );
      await context.outbox.handOut(
        [],
        events.map((event) => to('@many', event)),
      );
      expect(await context.outbox.deliveries(context.appId, {}, 1000)).toHaveLength(600);
    });
  });
}
