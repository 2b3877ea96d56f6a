import {
  DAY,
  inviting,
  type CallRequest,
  type Edits,
  type InvitationNotice,
  type ReminderOutcome,
  type System,
} from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { INVITATIONS } from '../email/receivers.ts';
import { engines } from '../engines/engines.ts';
import { openWorld, workOff } from './world.ts';

/** What a channel of invitations is handed, and what becomes of its answers. */

const told = { actor: { type: 'api', id: 'key' }, source: 'test', reason: null } as const;
const ANA = { name: 'Ana', email: 'ana@example.com' };
const BEN = { name: 'Ben', email: 'ben@example.com' };
const ZOE = { name: 'Zoë', email: 'zoe@example.com' };

describe.each(engines())('a channel of invitations on %s', (name) => {
  async function open(outcome: ReminderOutcome = { kind: 'sent' }, hasLinks = true) {
    const world = await openWorld(name);
    const { engine, scheduler, appId } = world;
    const { queries, clock } = engine;
    const agents = {
      ana: ANA,
      ben: BEN,
      dan: { name: 'Dan', email: null },
      twin: { name: 'Twin', email: 'ANA@example.com' },
    };
    for (const [id, agent] of Object.entries(agents))
      await scheduler.saveAgent({ agent: { appId, id, active: true, ...agent } });
    const came: InvitationNotice[] = [];
    const channel = {
      notify: async (notice: InvitationNotice) => {
        came.push(notice);
        return outcome;
      },
    };
    const guestLinks = {
      urlFor: async ({ version }: { version: number }) => `https://links.example/${version}`,
    };
    const messages: string[] = [];
    const all: System = {
      name: '@all',
      wants: () => true,
      async deliver({ id }) {
        messages.push(id);
        return { kind: 'delivered', told: '' };
      },
    };
    const ports = { channel, invitations: INVITATIONS, queries, ...(hasLinks && { guestLinks }) };
    const relay = world.relay({}, [...inviting(ports), all]);
    const startsAt = clock.now() + 7 * DAY;
    const run = async (request: CallRequest) => {
      const outcomeOf = await scheduler.execute(request);
      if (outcomeOf.kind !== 'accepted') throw new Error(`was to be accepted: ${outcomeOf.kind}`);
      return outcomeOf.call;
    };
    return {
      engine,
      appId,
      startsAt,
      book: (over: Partial<Extract<CallRequest, { type: 'create' }>> = {}) =>
        run({
          ...told,
          type: 'create',
          appId,
          agentId: 'ana',
          guestName: ZOE.name,
          guestEmail: ZOE.email,
          guestTimezone: 'Asia/Tokyo',
          appTimezone: 'Europe/Paris',
          startsAt,
          ...over,
        }),
      edit: (callId: string, edits: Edits) => run({ ...told, type: 'reschedule', appId, callId, edits }),
      undo: (callId: string) => run({ ...told, type: 'undo', appId, callId }),
      /** What the channel has been handed since, by recipient; and the message that it is of. */
      async noticed() {
        await workOff(relay);
        const fresh = came.splice(0).toSorted((a, b) => (a.to.email < b.to.email ? -1 : 1));
        return { fresh, message: messages.at(-1) ?? '' };
      },
      /** How deliveries to the destination have ended, the last first. */
      async ends(destination: string) {
        const log = await engine.outbox.deliveries(appId, { destination }, 10);
        return log.map(({ type, state, told: how }) => `${type} ${state} ${how}`);
      },
    };
  }

  test('is handed what each participant is told', async () => {
    const { engine, book, noticed, startsAt } = await open();
    const call = await book({ durationMinutes: 45 });
    const { fresh, message } = await noticed();
    const common = {
      news: 'invited',
      call: { id: call.id, startsAt, durationMinutes: 45 },
      at: engine.clock.now(),
    };
    expect(fresh).toEqual([
      {
        ...common,
        messageId: `${message}:@invitations-agent`,
        to: ANA,
        counterpart: ZOE,
        guestLink: undefined,
        timezone: 'Europe/Paris',
        invitation: INVITATIONS.current(call, ANA),
      },
      {
        ...common,
        messageId: `${message}:@invitations-guest`,
        to: ZOE,
        counterpart: expect.objectContaining(ANA),
        guestLink: 'https://links.example/1',
        timezone: 'Asia/Tokyo',
        invitation: INVITATIONS.current(call, ANA, 'https://links.example/1'),
      },
    ]);
  });

  test('tells a guest who has no zone the time in that of the app, and of no link where there is none', async () => {
    const { book, noticed } = await open({ kind: 'sent' }, false);
    const call = await book({ agentId: null, guestTimezone: null });
    const { fresh } = await noticed();
    expect(fresh).toMatchObject([
      { to: ZOE, timezone: 'Europe/Paris', invitation: INVITATIONS.current(call, undefined) },
    ]);
    expect([fresh[0]?.counterpart, fresh[0]?.guestLink]).toEqual([undefined, undefined]);
  });

  test('is handed what is taken back from an agent', async () => {
    const { book, edit, noticed } = await open();
    const { id } = await book();
    await noticed();
    const call = await edit(id, { agentId: 'ben' });
    const { fresh, message } = await noticed();
    expect(fresh.map(({ to, news }) => [to.name, news])).toEqual([
      ['Ana', 'withdrawn'],
      ['Ben', 'invited'],
      ['Zoë', 'changed'],
    ]);
    expect(fresh[0]).toMatchObject({
      messageId: `${message}:@invitations-former`,
      to: ANA,
      counterpart: ZOE,
      timezone: 'Europe/Paris',
      invitation: INVITATIONS.withdrawal(call, ANA),
    });
    expect(fresh[0]?.guestLink).toBeUndefined();
  });

  test('is handed what is taken back from an agent after whom nobody has the call', async () => {
    const { book, edit, undo, noticed } = await open();
    const { id } = await book({ agentId: null });
    await edit(id, { agentId: 'ben' });
    await noticed();
    const call = await undo(id);
    const { fresh } = await noticed();
    expect(fresh.map(({ to, news }) => `${to.name} ${news}`)).toEqual(['Ben withdrawn', 'Zoë changed']);
    expect(fresh[0]?.invitation).toEqual(INVITATIONS.withdrawal(call, BEN));
  });

  test('is handed what is taken back from an address, by the name that it had', async () => {
    const { book, edit, noticed } = await open();
    const { id } = await book({ guestName: 'Zoo', guestEmail: 'zoo@example.com' });
    await noticed();
    const call = await edit(id, { guestName: ZOE.name, guestEmail: 'zee@example.com' });
    const both = await noticed();
    expect(both.fresh[2]).toMatchObject({
      messageId: `${both.message}:@invitations-former`,
      to: { name: 'Zoo', email: 'zoo@example.com' },
      counterpart: ANA,
      news: 'withdrawn',
      timezone: 'Europe/Paris',
      invitation: INVITATIONS.withdrawal({ ...call, guestName: 'Zoo', guestEmail: 'zoo@example.com' }, ANA),
    });
    await edit(id, { guestEmail: ZOE.email });
    const { fresh } = await noticed();
    expect(fresh.map(({ to, news }) => `${to.name} ${to.email} ${news}`)).toEqual([
      'Ana ana@example.com changed',
      'Zoë zee@example.com withdrawn',
      'Zoë zoe@example.com invited',
    ]);
  });

  test('is handed nothing for an agent without an address, nor when such a one leaves', async () => {
    const { book, edit, noticed, ends } = await open();
    const { id } = await book({ agentId: 'dan' });
    expect((await noticed()).fresh.map(({ to }) => to.name)).toEqual(['Zoë']);
    await edit(id, { agentId: 'ben' });
    expect((await noticed()).fresh.map(({ to }) => to.name)).toEqual(['Ben', 'Zoë']);
    expect(await ends('@invitations-former')).toEqual(['assigned dropped no address']);
  });

  test('is asked for what calendars show, and nothing is kept for what they never do', async () => {
    const { book, edit, noticed, ends } = await open();
    const { id } = await book();
    await noticed();
    await edit(id, { intakeNotes: 'likes tea' });
    await edit(id, { guestPhone: '+33 1 23 45 67 89' });
    expect((await noticed()).fresh).toEqual([]);
    const guestUpdated = 'guest_updated dropped not for calendars';
    expect(await ends('@invitations-guest')).toEqual([guestUpdated, 'created delivered sent']);
    expect(await ends('@invitations-agent')).toEqual([guestUpdated, 'created delivered sent']);
    expect(await ends('@invitations-former')).toEqual(['guest_updated dropped nobody has left']);
  });

  test('takes nothing back from a mailbox that takes part', async () => {
    const { book, edit, noticed, ends } = await open();
    const { id } = await book();
    await noticed();
    await edit(id, { agentId: 'twin', guestEmail: 'ZOE@example.com' });
    await noticed();
    expect(await ends('@invitations-former')).toEqual([
      'guest_updated dropped takes part',
      'assigned dropped takes part',
    ]);
  });

  test.each<[ReminderOutcome, string]>([
    [{ kind: 'unaddressed' }, 'dropped no address'],
    [{ kind: 'refused', message: 'no such mailbox' }, 'dead no such mailbox'],
    [{ kind: 'unreachable', fault: 'timeout' }, 'pending timeout'],
  ])('that answers %j leaves deliveries that are %s', async (outcome, end) => {
    const { book, noticed, ends } = await open(outcome);
    await book();
    await noticed();
    expect([await ends('@invitations-guest'), await ends('@invitations-agent')]).toEqual([
      [`created ${end}`],
      [`created ${end}`],
    ]);
  });
});
