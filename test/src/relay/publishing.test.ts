import { publishing, type EventMessage, type PublishOutcome } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { receiver } from '../webhooks/receivers.ts';
import { openWorld, workOff } from './world.ts';

const STORED: PublishOutcome = { kind: 'published', duplicate: false };

describe.each(engines())('a publisher on %s', (name) => {
  /** A world whose relay publishes; `came` has what the publisher was handed, which answers `outcome`. */
  async function open(outcome: PublishOutcome = STORED) {
    const world = await openWorld(name);
    const came: EventMessage[] = [];
    const publisher = {
      publish: async (message: EventMessage) => {
        came.push(message);
        return outcome;
      },
    };
    return { ...world, came, relay: world.relay({}, [publishing(publisher)]) };
  }

  test('is handed every event, as endpoints are told it', async () => {
    const { appId, book, move, endpoint, relay, came } = await open();
    const { url, received } = await receiver((_, response) => response.end());
    await endpoint('one', url);
    const callId = await book();
    await move(callId, 1);
    await workOff(relay);
    const told = received.map(({ headers, body }) => ({
      id: headers['webhook-id'],
      appId,
      callId,
      type: JSON.parse(body).type,
      body,
    }));
    expect(came.map(({ type }) => type)).toEqual(['scheduled.created', 'scheduled.rescheduled']);
    expect(came).toEqual(told);
  });

  test.each<[PublishOutcome, string]>([
    [STORED, 'delivered published'],
    [{ kind: 'published', duplicate: true }, 'delivered duplicate'],
    [{ kind: 'unreachable', fault: 'no_stream' }, 'pending no_stream'],
    [{ kind: 'refused', message: 'too large' }, 'pending too large'],
  ])('that answers %j leaves a delivery that is %s', async (outcome, end) => {
    const { appId, book, engine, relay } = await open(outcome);
    await book();
    await workOff(relay);
    const log = await engine.outbox.deliveries(appId, {}, 10);
    expect(log.map(({ destination, state, told }) => `${destination} ${state} ${told}`)).toEqual([
      `@publisher ${end}`,
    ]);
  });
});
