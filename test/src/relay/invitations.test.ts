import { DAY, inviting, MINUTE, type Call, type CallRequest, type Edits } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { channelTo, INVITATIONS, mailServer } from '../email/receivers.ts';
import { engines } from '../engines/engines.ts';
import { read } from '../icalendar/parsed.ts';
import { openWorld, workOff } from './world.ts';

const told = { actor: { type: 'api', id: 'key' }, source: 'test', reason: null } as const;
const ANA = 'ana@example.com';
const BEN = 'ben@example.com';
const ZOE = 'zoe@example.com';

describe.each(engines())('invitations on %s', (name) => {
  /** A world whose relay mails invitations, with two agents; `refuse` names who is refused, and how. */
  async function open(refuse: (email: string) => number | undefined = () => undefined) {
    const world = await openWorld(name);
    const { engine, scheduler, appId } = world;
    const server = await mailServer({
      onRcptTo({ address }, _session, done) {
        const code = refuse(address);
        done(code === undefined ? null : Object.assign(new Error('no'), { responseCode: code }));
      },
    });
    for (const [id, email] of Object.entries({ ana: ANA, ben: BEN }))
      await scheduler.saveAgent({ agent: { appId, id, name: id, active: true, email } });
    const { queries, clock } = engine;
    const systems = inviting({ channel: channelTo(server.url), invitations: INVITATIONS, queries });
    const relay = world.relay({}, systems);
    const start = clock.now() + 7 * DAY;

    const run = async (request: CallRequest): Promise<Call> => {
      const outcome = await scheduler.execute(request);
      if (outcome.kind !== 'accepted') throw new Error(`was to be accepted: ${outcome.kind}`);
      return outcome.call;
    };
    const booking = {
      ...told,
      type: 'create',
      appId,
      agentId: 'ana',
      guestName: 'Zoë',
      guestEmail: ZOE,
      appTimezone: 'UTC',
      startsAt: start,
    } as const;
    let seen = 0;
    return {
      ...world,
      start,
      server,
      relay,
      book: (over: Partial<Extract<CallRequest, { type: 'create' }>> = {}) => run({ ...booking, ...over }),
      edit: (callId: string, edits: Edits) => run({ ...told, type: 'reschedule', appId, callId, edits }),
      transit: (type: 'cancel' | 'confirm' | 'start' | 'undo', callId: string) =>
        run({ ...told, type, appId, callId }),
      /** What has been mailed since, sorted by recipient: to whom, what, and which state of the call. */
      async mailed() {
        await workOff(relay);
        const fresh = server.received.slice(seen);
        seen = server.received.length;
        return fresh
          .map(({ to: [to = ''], mail }) => {
            const { calendar, event } = read(mail.attachments.at(-1)?.content.toString() ?? '');
            return `${to} ${calendar['method']?.value} ${event['sequence']?.value} ${mail.subject?.split(':')[0]}`;
          })
          .toSorted();
      },
      /** How the deliveries of a call ended, by destination. */
      async ends(callId: string) {
        const found = await engine.outbox.deliveries(appId, { callId }, 100);
        return found.map(({ destination, seq, state, told: how }) => `${seq} ${destination} ${state} ${how}`);
      },
    };
  }

  test('a call is booked, moved, given to somebody else and cancelled', async () => {
    const { book, edit, transit, mailed, start } = await open();
    const { id } = await book();
    expect(await mailed()).toEqual([`${ANA} REQUEST 0 Invitation`, `${ZOE} REQUEST 0 Invitation`]);
    await edit(id, { startsAt: start + DAY });
    expect(await mailed()).toEqual([`${ANA} REQUEST 1 Changed`, `${ZOE} REQUEST 1 Changed`]);
    await edit(id, { agentId: 'ben' });
    expect(await mailed()).toEqual([
      `${ANA} CANCEL 2 Not yours any more`,
      `${BEN} REQUEST 2 Invitation`,
      `${ZOE} REQUEST 2 Changed`,
    ]);
    await transit('undo', id);
    expect(await mailed()).toEqual([
      `${ANA} REQUEST 3 Invitation`,
      `${BEN} CANCEL 3 Not yours any more`,
      `${ZOE} REQUEST 3 Changed`,
    ]);
    await transit('cancel', id);
    expect(await mailed()).toEqual([`${ANA} CANCEL 4 Cancelled`, `${ZOE} CANCEL 4 Cancelled`]);
  });

  test('the old agent is the organizer of the withdrawal, the new one of the request', async () => {
    const { book, edit, mailed, server } = await open();
    const { id } = await book();
    await mailed();
    await edit(id, { agentId: 'ben' });
    await mailed();
    const organizers = server.received.slice(2).map(({ to, mail }) => {
      const { event } = read(mail.attachments.at(-1)?.content.toString() ?? '');
      return `${to[0]} ${event['organizer']?.value} ${event['uid']?.value}`;
    });
    expect(organizers.toSorted()).toEqual([
      `${ANA} mailto:${ANA} ${id}@reslot`,
      `${BEN} mailto:${BEN} ${id}@reslot`,
      `${ZOE} mailto:${BEN} ${id}@reslot`,
    ]);
  });

  test('what no calendar shows is not mailed', async () => {
    const { book, edit, transit, mailed, engine, appId, start } = await open();
    const { id } = await book();
    await mailed();
    await edit(id, { intakeNotes: 'likes tea', guestPhone: '+33 1 23 45 67 89', guestTimezone: 'UTC' });
    await transit('confirm', id);
    engine.clock.set(start - 60 * MINUTE);
    await transit('start', id);
    expect(await mailed()).toEqual([]);
    expect((await engine.queries.call(appId, id))?.status).toBe('started');
  });

  test('a call that was begun early is not told of any more', async () => {
    const { book, transit, mailed, engine, start } = await open();
    const { id } = await book();
    engine.clock.set(start - MINUTE);
    await transit('start', id);
    expect(await mailed()).toEqual([]);
  });

  test('a booking that is confirmed is no longer tentative', async () => {
    const { book, transit, mailed } = await open();
    const { id } = await book({ requireConfirmation: true });
    await mailed();
    await transit('confirm', id);
    expect(await mailed()).toEqual([`${ANA} REQUEST 1 Changed`, `${ZOE} REQUEST 1 Changed`]);
  });

  test('of several changes at once, and of a backlog, the newest is told, once', async () => {
    const { book, edit, mailed, ends, start } = await open();
    const { id } = await book();
    await edit(id, { startsAt: start + DAY });
    await edit(id, { startsAt: start + 2 * DAY, agentId: 'ben', guestName: 'Zoe' });
    await edit(id, { intakeNotes: 'likes tea' });
    expect(await mailed()).toEqual([
      `${ANA} CANCEL 3 Not yours any more`,
      `${BEN} REQUEST 3 Changed`,
      `${ZOE} REQUEST 3 Changed`,
    ]);
    const dropped = (await ends(id)).filter((one) => one.includes('dropped'));
    expect(dropped.filter((one) => one.includes('superseded'))).toHaveLength(8);
    expect(dropped.filter((one) => one.includes('nobody has left'))).toHaveLength(1);
    expect(dropped).toHaveLength(9);
  });

  test('an agent who has the call again is not told that it is gone', async () => {
    const { book, edit, mailed } = await open();
    const { id } = await book();
    await mailed();
    await edit(id, { agentId: 'ben' });
    await edit(id, { agentId: 'ana' });
    expect(await mailed()).toEqual([
      `${ANA} REQUEST 2 Invitation`,
      `${BEN} CANCEL 2 Not yours any more`,
      `${ZOE} REQUEST 2 Changed`,
    ]);
  });

  test('two agents with one mailbox, whose calendar just gets the change', async () => {
    const { book, edit, mailed, scheduler, appId } = await open();
    const twin = { appId, id: 'twin', name: 'Twin', active: true, email: 'ANA@example.com' };
    await scheduler.saveAgent({ agent: twin });
    const { id } = await book();
    await mailed();
    await edit(id, { agentId: 'twin' });
    expect(await mailed()).toEqual([`ANA@example.com REQUEST 1 Invitation`, `${ZOE} REQUEST 1 Changed`]);
  });

  test('an address that was mistyped is told that the call is not for it', async () => {
    const { book, edit, mailed, server } = await open();
    const { id } = await book({ guestEmail: 'zoo@example.com' });
    await mailed();
    await edit(id, { guestEmail: ZOE });
    expect(await mailed()).toEqual([
      `${ANA} REQUEST 1 Changed`,
      `${ZOE} REQUEST 1 Invitation`,
      'zoo@example.com CANCEL 1 Not yours any more',
    ]);
    const withdrawn = server.received.find(
      ({ to, mail }) => to[0] === 'zoo@example.com' && mail.subject?.startsWith('Not'),
    );
    const { event } = read(withdrawn?.mail.attachments.at(-1)?.content.toString() ?? '');
    expect([event['attendee']?.value, event['organizer']?.value]).toEqual([
      'MAILTO:zoo@example.com',
      `mailto:${ANA}`,
    ]);
    await edit(id, { guestEmail: 'ZOE@example.com' });
    expect(await mailed()).toEqual(
      [`ZOE@example.com REQUEST 2 Invitation`, `${ANA} REQUEST 2 Changed`].toSorted(),
    );
    await edit(id, { guestEmail: null });
    expect(await mailed()).toEqual(
      [`${ANA} PUBLISH 3 Changed`, `ZOE@example.com CANCEL 3 Not yours any more`].toSorted(),
    );
  });

  test('who has no address is not told, and nobody else is kept from it', async () => {
    const { book, mailed, ends } = await open();
    const { id } = await book({ agentId: null });
    expect(await mailed()).toEqual([`${ZOE} REQUEST 0 Invitation`]);
    expect(await ends(id)).toContain('1 @invitations-agent dropped no address');
  });

  test.each([
    [550, 'dead the mail server answered 550 to RCPT TO'],
    [450, 'pending deferred'],
  ])('an address that is refused with %i keeps the other from nothing', async (code, end) => {
    const { book, edit, mailed, ends, start } = await open((email) => (email === ZOE ? code : undefined));
    const { id } = await book();
    expect(await mailed()).toEqual([`${ANA} REQUEST 0 Invitation`]);
    expect(await ends(id)).toContain(`1 @invitations-guest ${end}`);
    await edit(id, { startsAt: start + DAY });
    expect(await mailed()).toEqual([`${ANA} REQUEST 1 Changed`]);
  });

  test('a mail whose answer was lost comes again with its id; no other mail has it', async () => {
    let lost = true;
    const world = await open((email) => (lost && email === ANA ? 450 : undefined));
    await world.book();
    await world.mailed();
    lost = false;
    world.engine.clock.advance(6000);
    expect(await world.mailed()).toEqual([`${ANA} REQUEST 0 Invitation`]);
    await world.engine.outbox.redrive(world.appId, { state: 'delivered' }, 10);
    expect(await world.mailed()).toHaveLength(2);
    const ids = world.server.received.map(({ mail }) => mail.messageId);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
  });

  test('nobody is told of a call that has begun, however the events have waited', async () => {
    const { book, edit, transit, mailed, ends, engine, start } = await open();
    const booked = await book();
    const moved = await book({ startsAt: start + 60 * MINUTE });
    const cancelled = await book({ startsAt: start + 120 * MINUTE });
    const ahead = await book({ startsAt: start + DAY });
    await edit(moved.id, { agentId: 'ben' });
    await transit('cancel', cancelled.id);
    engine.clock.set(start + 120 * MINUTE);
    expect(await mailed()).toEqual([`${ANA} REQUEST 0 Invitation`, `${ZOE} REQUEST 0 Invitation`]);
    for (const { id } of [booked, moved, cancelled])
      for (const end of await ends(id)) expect(end).toMatch(/dropped the call has begun$/);
    expect(await ends(ahead.id)).toHaveLength(2);
  });
});
