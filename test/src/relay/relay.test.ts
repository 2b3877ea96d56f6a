import { MINUTE, MOST_ATTEMPTS, RETRY_DELAYS, type EventType, type System } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { bookAtOnce } from '../contract/samples.ts';
import { engines } from '../engines/engines.ts';
import { NEWEST, PREVIOUS, receiver, type Received } from '../webhooks/receivers.ts';
import { openWorld, workOff, type World } from './world.ts';

const SECOND = 1000;

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: { call_id: string; sequence: number; call_version: number };
}

describe.each(engines())('a relay on %s', (name) => {
  const told = ({ body }: Received): Told => JSON.parse(body);
  const line = (one: Received) => `${told(one).type} ${told(one).data.sequence}`;
  const lines = (received: readonly Received[]) => received.map(line);
  const log = ({ engine, appId }: World, filter = {}) => engine.outbox.deliveries(appId, filter, 100);
  const states = async (world: World) => (await log(world)).map(({ state }) => state);

  test('tells an endpoint what happened to a call, in order, signed', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url, {
      previousSecret: PREVIOUS,
      previousUntil: world.engine.clock.now() + 1,
    });
    const id = await world.book();
    await world.move(id, 1);
    await world.cancel(id);
    const relay = world.relay();
    await workOff(relay);
    expect(lines(received)).toEqual([
      'scheduled.created 1',
      'scheduled.rescheduled 2',
      'scheduled.cancelled 3',
    ]);
    const [first, second] = received;
    expect(second && told(second)).toMatchObject({
      source: `https://calls.example/apps/${world.appId}/calls/${id}`,
      data: { call_id: id, call_version: 2, changed: ['scheduled_at'], actor: { type: 'api', id: 'key' } },
    });
    // The clock of the test is not that of the library: its tolerance is not what is tested here.
    expect(first?.headers['webhook-id']).toBe(first && told(first).id);
    expect(first?.headers['webhook-timestamp']).toBe(String(Math.floor(world.engine.clock.now() / SECOND)));
    const signed = new Webhook(NEWEST).sign(
      first?.headers['webhook-id']?.toString() ?? '',
      new Date(world.engine.clock.now()),
      first?.body ?? '',
    );
    const before = new Webhook(PREVIOUS).sign(
      first?.headers['webhook-id']?.toString() ?? '',
      new Date(world.engine.clock.now()),
      first?.body ?? '',
    );
    expect(first?.headers['webhook-signature']).toBe(`${signed} ${before}`);
    expect(await states(world)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(await relay.step()).toBe(0);
    expect(received).toHaveLength(3);
  });

  test('tells each endpoint what it wants, and nobody else’s', async () => {
    const world = await openWorld(name);
    const all = await receiver((_, response) => response.end());
    const some = await receiver((_, response) => response.end());
    const none = await receiver((_, response) => response.end());
    await world.endpoint('all', all.url);
    await world.endpoint('some', some.url, { types: ['cancelled'] });
    await world.endpoint('foreign', none.url, { appId: 'another' });
    await world.endpoint('disabled', none.url, { status: 'disabled', trouble: 'gone' });
    const id = await world.book();
    await world.cancel(id);
    await workOff(world.relay());
    expect(lines(all.received)).toEqual(['scheduled.created 1', 'scheduled.cancelled 2']);
    expect(lines(some.received)).toEqual(['scheduled.cancelled 2']);
    expect(none.received).toEqual([]);
  });

  test('tells apart two endpoints that have one id', async () => {
    const world = await openWorld(name);
    const mine = await receiver((_, response) => response.end());
    const other = await receiver((_, response) => response.end());
    await world.endpoint('one', mine.url, { types: ['cancelled'] });
    await world.endpoint('one', other.url, { appId: 'another' });
    await world.book();
    await world.book('another');
    await workOff(world.relay());
    expect([lines(mine.received), lines(other.received)]).toEqual([[], ['scheduled.created 1']]);
  });

  test('keeps what happens for a paused endpoint, and tells it when it goes on', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    const endpoint = await world.endpoint('one', url, { status: 'paused' });
    const id = await world.book();
    await workOff(world.relay());
    expect(received).toEqual([]);
    await world.move(id, 1);
    await world.engine.endpoints.change(endpoint, { ...endpoint, status: 'active' });
    await workOff(world.relay());
    expect(lines(received)).toEqual(['scheduled.created 1', 'scheduled.rescheduled 2']);
  });

  test('tries again by the schedule, the rest of the call waits, other calls do not; the id stays', async () => {
    const world = await openWorld(name);
    const { clock } = world.engine;
    let failing: string | undefined;
    const { url, received } = await receiver((_, response) => {
      const last = received.at(-1);
      response.statusCode = last && told(last).data.call_id === failing ? 500 : 200;
      response.end();
    });
    await world.endpoint('one', url);
    const [a, b] = [await world.book(), await world.book()];
    failing = a;
    await world.move(a, 1);
    await world.move(b, 1);
    const relay = world.relay();
    await workOff(relay);
    const ofA = () => received.filter((one) => told(one).data.call_id === a);
    expect(lines(received.filter((one) => told(one).data.call_id === b))).toEqual([
      'scheduled.created 1',
      'scheduled.rescheduled 2',
    ]);
    expect(lines(ofA())).toEqual(['scheduled.created 1']);
    clock.advance(5 * SECOND - 1);
    expect(await relay.step()).toBe(0);
    clock.advance(1);
    await workOff(relay);
    expect(ofA()).toHaveLength(2);
    clock.advance(5 * MINUTE);
    failing = undefined;
    await workOff(relay);
    expect(lines(ofA())).toEqual([
      'scheduled.created 1',
      'scheduled.created 1',
      'scheduled.created 1',
      'scheduled.rescheduled 2',
    ]);
    expect(new Set(ofA().map((one) => one.headers['webhook-id'])).size).toBe(2);
    expect(
      new Set(
        ofA()
          .slice(0, 3)
          .map(({ body }) => body),
      ).size,
    ).toBe(1);
    const [, first] = (await log(world, { callId: a })).toSorted((x, y) => y.seq - x.seq);
    expect(first).toMatchObject({ attempts: 3, state: 'delivered', told: '200' });
  });

  test('waits as long as the receiver asks', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => {
      response.writeHead(429, { 'Retry-After': '60' });
      response.end();
    });
    await world.endpoint('one', url);
    await world.book();
    const relay = world.relay();
    await workOff(relay);
    world.engine.clock.advance(59 * SECOND);
    await workOff(relay);
    expect(received).toHaveLength(1);
    world.engine.clock.advance(SECOND);
    await workOff(relay);
    expect(received).toHaveLength(2);
  });

  test('gives up after some three days, goes on with the next, and pauses an endpoint that takes nothing', async () => {
    const world = await openWorld(name);
    const { clock } = world.engine;
    const { url, received } = await receiver((_, response) => {
      response.statusCode = 503;
      response.end();
    });
    await world.endpoint('one', url, { types: ['created', 'rescheduled'] });
    const id = await world.book();
    await world.move(id, 1);
    const relay = world.relay();
    for (const delay of [...RETRY_DELAYS, 0]) {
      await workOff(relay);
      clock.advance(delay);
    }
    expect(received).toHaveLength(MOST_ATTEMPTS);
    expect(lines(received).at(-1)).toBe('scheduled.created 1');
    expect(await world.engine.endpoints.endpoint(world.appId, 'one')).toMatchObject({
      status: 'paused',
      trouble: 'failing',
    });
    expect(await log(world)).toMatchObject([
      { seq: 2, state: 'pending', attempts: 0 },
      { seq: 1, state: 'dead', attempts: MOST_ATTEMPTS, told: `503; ${MOST_ATTEMPTS} attempts` },
    ]);
  });

  test('one poisoned delivery does not pause an endpoint that takes others', async () => {
    const world = await openWorld(name);
    const { clock } = world.engine;
    let poisoned = '';
    const { url, received } = await receiver((_, response) => {
      const last = received.at(-1);
      response.statusCode = last && told(last).data.call_id === poisoned ? 400 : 200;
      response.end();
    });
    await world.endpoint('one', url, { types: ['created', 'rescheduled'] });
    poisoned = await world.book();
    const relay = world.relay();
    await workOff(relay);
    clock.advance(1);
    await world.book();
    for (const delay of [...RETRY_DELAYS, 0]) {
      await workOff(relay);
      clock.advance(delay);
    }
    await workOff(relay);
    expect((await states(world)).toSorted()).toEqual(['dead', 'delivered']);
    expect((await world.engine.endpoints.endpoint(world.appId, 'one'))?.status).toBe('active');
  });

  test('nor does it where what was made before is taken since', async () => {
    const world = await openWorld(name);
    const { clock } = world.engine;
    let poisoned = '';
    const { url } = await receiver((request, response) => {
      response.statusCode =
        poisoned !== '' && String(request.headers['webhook-id']).includes(poisoned) ? 400 : 200;
      response.end();
    });
    const endpoint = await world.endpoint('one', url, { types: ['created'], status: 'paused' });
    await world.book();
    const relay = world.relay();
    await workOff(relay);
    clock.advance(1);
    poisoned = await world.book();
    await workOff(relay);
    await world.engine.endpoints.change(endpoint, { ...endpoint, status: 'active' });
    for (const delay of [...RETRY_DELAYS, 0]) {
      await workOff(relay);
      clock.advance(delay);
    }
    await workOff(relay);
    expect((await states(world)).toSorted()).toEqual(['dead', 'delivered']);
    expect((await world.engine.endpoints.endpoint(world.appId, 'one'))?.status).toBe('active');
  });

  test('disables one that is gone, also while somebody edits it, unless that is where it is', async () => {
    const world = await openWorld(name);
    const { endpoints } = world.engine;
    let edits: object = { description: 'new' };
    const { url } = await receiver((_, response) => {
      void endpoints.endpoint(world.appId, 'one').then(async (known) => {
        if (known) await endpoints.change(known, { ...known, ...edits });
        response.statusCode = 410;
        response.end();
      });
    });
    const known = await world.endpoint('one', url);
    await world.book();
    await workOff(world.relay());
    const gone = await endpoints.endpoint(world.appId, 'one');
    expect(gone).toMatchObject({ status: 'disabled', trouble: 'gone', description: 'new' });
    await endpoints.change(gone ?? known, known);
    edits = { url: `${url}&elsewhere` };
    await world.book();
    await workOff(world.relay());
    expect((await endpoints.endpoint(world.appId, 'one'))?.status).toBe('active');
  });

  test('disables an endpoint that is gone', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => {
      response.statusCode = 410;
      response.end();
    });
    await world.endpoint('one', url);
    const id = await world.book();
    await workOff(world.relay());
    await world.move(id, 1);
    await workOff(world.relay());
    expect(received).toHaveLength(1);
    expect(await world.engine.endpoints.endpoint(world.appId, 'one')).toMatchObject({
      status: 'disabled',
      trouble: 'gone',
    });
    expect(await log(world)).toMatchObject([{ seq: 1, state: 'dead', told: '410' }]);
  });

  test('one that hangs keeps nobody else waiting, and no more of the relay than its share', async () => {
    const world = await openWorld(name);
    let open = 0;
    let most = 0;
    const hanging = await receiver((_, response) => {
      open += 1;
      most = Math.max(most, open);
      response.on('close', () => (open -= 1));
    });
    const quick = await receiver((_, response) => response.end());
    await world.endpoint('hanging', hanging.url);
    await world.endpoint('quick', quick.url);
    for (let calls = 0; calls < 6; calls += 1) await world.book();
    const relay = world.relay({ perDestination: 2, attempts: 4 });
    while (quick.received.length < 6) {
      await relay.step();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([open, most]).toEqual([2, 2]);
    await relay.settled();
    const waiting = await log(world, { destination: 'hanging' });
    expect(waiting.map(({ state }) => state)).toEqual(Array(6).fill('pending'));
    expect(waiting.filter(({ told: how }) => how === 'timeout').length).toBeGreaterThanOrEqual(2);
  });

  /** A destination for every app that hears of these; `came` has their calls. */
  function busOf(...types: EventType[]) {
    const came: string[] = [];
    const system: System = {
      name: '@bus',
      wants: ({ type }) => types.includes(type),
      async deliver({ event }) {
        came.push(event.callId);
        return { kind: 'delivered', told: 'stored' };
      },
    };
    return { system, came };
  }

  test('endpoints that hang leave room for what serves every app', async () => {
    const world = await openWorld(name);
    let open = 0;
    const { url, received } = await receiver((_, response) => {
      open += 1;
      response.on('close', () => (open -= 1));
    });
    for (const id of ['one', 'two', 'three']) await world.endpoint(id, url, { types: ['created'] });
    const { system, came } = busOf('cancelled');
    const id = await world.book();
    for (let calls = 0; calls < 3; calls += 1) await world.book();
    const relay = world.relay({ attempts: 4, toEndpoints: 3, perDestination: 2 }, [system]);
    await relay.step();
    while (received.length < 3) await new Promise((resolve) => setImmediate(resolve));
    await world.cancel(id);
    expect(await relay.step()).toBe(2);
    while (came.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect([came, open]).toEqual([[id], 3]);
    await relay.settled();
  });

  test('what waits for one destination does not hide what waits for another', async () => {
    const world = await openWorld(name);
    const { engine, appId } = world;
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url);
    const ids = Array.from({ length: 600 }, (_, index) => `call-${index}`);
    const events = await bookAtOnce(engine.store, appId, ids);
    const to = (destination: string) =>
      events.map(({ callId, seq, type }) => ({ appId, destination, callId, seq, type }));
    await engine.outbox.handOut((await engine.outbox.waiting(1000)).events, to('one'));
    engine.clock.advance(1);
    await engine.outbox.handOut([], to('@bus').slice(0, 1));
    const { system, came } = busOf('created');
    const relay = world.relay({ perDestination: 2 }, [system]);
    await relay.step();
    await relay.settled();
    expect([received.length, came]).toEqual([2, ['call-0']]);
  });

  test('a frozen worker past its lease: another makes the delivery, and the first one’s word counts no more', async () => {
    const world = await openWorld(name);
    let answer = (): void => undefined;
    const { url, received } = await receiver((_, response) => {
      if (received.length === 1) {
        answer = () => {
          response.statusCode = 500;
          response.end();
        };
      } else response.end();
    });
    await world.endpoint('one', url);
    const id = await world.book();
    await world.move(id, 1);
    const frozen = world.relay();
    await frozen.step();
    while (received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    world.engine.clock.advance(60 * SECOND + 1);
    const other = world.relay();
    await workOff(other);
    answer();
    await frozen.settled();
    expect(lines(received)).toEqual([
      'scheduled.created 1',
      'scheduled.created 1',
      'scheduled.rescheduled 2',
    ]);
    expect(await states(world)).toEqual(['delivered', 'delivered']);
  });

  test('nor does it disable an endpoint that has taken the message since', async () => {
    const world = await openWorld(name);
    let answer = (): void => undefined;
    const { url, received } = await receiver((_, response) => {
      if (received.length === 1) answer = () => response.writeHead(410).end();
      else response.end();
    });
    await world.endpoint('one', url);
    await world.book();
    const frozen = world.relay();
    await frozen.step();
    await expect.poll(() => received.length).toBe(1);
    world.engine.clock.advance(60 * SECOND + 1);
    await workOff(world.relay());
    answer();
    await frozen.settled();
    expect(await states(world)).toEqual(['delivered']);
    expect((await world.engine.endpoints.endpoint(world.appId, 'one'))?.status).toBe('active');
  });

  test('two side by side lose nothing, and send each once', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url);
    const ids = await Promise.all(Array.from({ length: 10 }, () => world.book()));
    await Promise.all(ids.map((id) => world.move(id, 1)));
    const relays = [world.relay(), world.relay()];
    await Promise.all(relays.map(workOff));
    await Promise.all(relays.map(workOff));
    expect(received).toHaveLength(20);
    for (const id of ids) {
      expect(lines(received.filter((one) => told(one).data.call_id === id))).toEqual([
        'scheduled.created 1',
        'scheduled.rescheduled 2',
      ]);
    }
  });

  test('goes on when the reminders of one call cannot be looked at', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url, { types: ['created', 'reminder_due'] });
    const [bad, good] = [await world.book(), await world.book()];
    const relay = world.relay({}, [], {
      scheduler: {
        execute: (request) =>
          request.callId === bad ? Promise.reject(new Error('spoilt')) : world.scheduler.execute(request),
      },
    });
    const call = await world.engine.queries.call(world.appId, good);
    world.engine.clock.set((call?.startsAt ?? 0) - 60 * MINUTE);
    await workOff(relay);
    expect(received.map((one) => told(one).type).toSorted()).toEqual([
      'scheduled.created',
      'scheduled.created',
      'scheduled.reminder_due',
    ]);
    expect(world.reports.length).toBeGreaterThan(0);
  });

  test('serves destinations for every app with the same messages, and tells of one that throws', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url);
    const published: string[] = [];
    let broken = true;
    const bus: System = {
      name: '@bus',
      wants: ({ type }) => type !== 'cancelled',
      async deliver({ id, body }, at) {
        if (broken) throw new Error('the bus broke down');
        published.push(`${id} ${at} ${body}`);
        return { kind: 'delivered', told: 'stored' };
      },
    };
    const id = await world.book();
    await world.cancel(id);
    const relay = world.relay({}, [bus]);
    await workOff(relay);
    expect(world.reports).toHaveLength(1);
    broken = false;
    world.engine.clock.advance(5 * SECOND);
    await workOff(relay);
    const [first] = received;
    expect(published).toEqual([`${first && told(first).id} ${world.engine.clock.now()} ${first?.body}`]);
    await world.move(await world.book(), 1);
    await workOff(relay);
    expect(published).toHaveLength(3);
  });
});
