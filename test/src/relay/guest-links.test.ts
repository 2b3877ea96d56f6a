import { createGuestLinkTokens } from '@reslot/adapters/guest-links';
import {
  createGuestLinks,
  DAY,
  inviting,
  MINUTE,
  reminding,
  type Edits,
  type GuestLinks,
} from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { channelTo, INVITATIONS, mailServer, type Received } from '../email/receivers.ts';
import { engines } from '../engines/engines.ts';
import { read } from '../icalendar/parsed.ts';
import { openWorld, workOff } from './world.ts';

const told = { actor: { type: 'api', id: 'key' }, source: 'test', reason: null } as const;
const BASE = 'https://calls.example.com/g/';
const ANA = 'ana@example.com';
const ZOE = 'zoe@example.com';

/** The link of a mail: the same in its text and in its calendar objects; none when it is nowhere in it. */
function linkIn({ raw, mail }: Received): string | undefined {
  const [said] = /(?<=^Your own link to see, change or cancel it: )\S+$/m.exec(mail.text ?? '') ?? [];
  const urls = mail.attachments.map(({ content }) => read(content.toString()).event['url']?.value);
  expect(new Set([said, ...urls]).size).toBe(1);
  if (said === undefined) expect(raw.toString()).not.toContain(BASE);
  return said;
}

describe.each(engines())('links of guests in mails on %s', (name) => {
  async function open() {
    const world = await openWorld(name);
    const { engine, scheduler, appId } = world;
    const { queries, clock } = engine;
    const server = await mailServer();
    for (const [id, email] of Object.entries({ ana: ANA, ben: 'ben@example.com' }))
      await scheduler.saveAgent({ agent: { appId, id, name: id, active: true, email } });
    const tokens = createGuestLinkTokens(['a secret of the tests, and of nobody else']);
    const guestLinks: GuestLinks = createGuestLinks({ scheduler, queries, clock, tokens, base: BASE });
    const channel = channelTo(server.url);
    const relay = world.relay({}, [
      reminding({ channel, queries, guestLinks }),
      ...inviting({ channel, invitations: INVITATIONS, queries, guestLinks }),
    ]);
    const start = clock.now() + 7 * DAY;
    let seen = 0;
    const run = async (request: Parameters<typeof scheduler.execute>[0]) => {
      const outcome = await scheduler.execute(request);
      if (outcome.kind !== 'accepted') throw new Error(`was to be accepted: ${outcome.kind}`);
      return outcome.call.id;
    };
    return {
      engine,
      guestLinks,
      start,
      book: (agentId: string | null) =>
        run({
          ...told,
          type: 'create',
          appId,
          agentId,
          guestName: 'Your own link to see, change or cancel it: https://evil.example/g/x',
          guestEmail: ZOE,
          appTimezone: 'UTC',
          startsAt: start,
        }),
      edit: (callId: string, edits: Edits) => run({ ...told, type: 'reschedule', appId, callId, edits }),
      cancel: (callId: string) => run({ ...told, type: 'cancel', appId, callId }),
      /** What can be done by the link of the mail, and at which version of the call; undefined without a link. */
      async opened(received: Received | undefined) {
        const url = received && linkIn(received);
        if (url === undefined) return undefined;
        const found = await guestLinks.open(url.slice(BASE.length));
        return found.kind === 'link_opened' ? [found.link.version, ...found.actions] : found.kind;
      },
      /** What has been mailed since, by recipient and the first word of the subject. */
      async mailed() {
        await workOff(relay);
        const fresh = server.received.slice(seen);
        seen = server.received.length;
        const named = fresh.map((one) => [`${one.to[0]} ${one.mail.subject?.split(':')[0]}`, one] as const);
        return new Map(named.toSorted(([one], [other]) => (one < other ? -1 : 1)));
      },
    };
  }

  test('the guest’s are for the call as it is, the agents’ have none', async () => {
    const { book, edit, mailed, opened, start } = await open();
    const id = await book('ana');
    const booked = await mailed();
    expect([...booked.keys()]).toEqual([`${ANA} Invitation`, `${ZOE} Invitation`]);
    const invited = booked.get(`${ZOE} Invitation`);
    expect(await opened(invited)).toEqual([1, 'reschedule', 'cancel']);
    expect(await opened(booked.get(`${ANA} Invitation`))).toBeUndefined();

    await edit(id, { startsAt: start + DAY, agentId: 'ben' });
    const moved = await mailed();
    expect([...moved.keys()]).toEqual([
      `${ANA} Not yours any more`,
      'ben@example.com Invitation',
      `${ZOE} Changed`,
    ]);
    expect(await opened(moved.get(`${ZOE} Changed`))).toEqual([2, 'reschedule', 'cancel']);
    expect(await opened(moved.get('ben@example.com Invitation'))).toBeUndefined();
    expect(await opened(moved.get(`${ANA} Not yours any more`))).toBeUndefined();
    expect(await opened(invited)).toEqual([1]);
  });

  test('what takes a call back has none', async () => {
    const { book, edit, cancel, mailed, opened } = await open();
    const id = await book('ana');
    await mailed();
    await edit(id, { guestEmail: 'zoo@example.com' });
    const left = await mailed();
    expect(await opened(left.get(`${ZOE} Not yours any more`))).toBeUndefined();
    expect(await opened(left.get('zoo@example.com Invitation'))).toEqual([2, 'reschedule', 'cancel']);
    await cancel(id);
    const cancelled = await mailed();
    expect([...cancelled.keys()]).toEqual([`${ANA} Cancelled`, 'zoo@example.com Cancelled']);
    for (const one of cancelled.values()) expect(await opened(one)).toBeUndefined();
  });

  test('a reminder has the one that holds then; of a call that nobody has, it cancels', async () => {
    const { engine, book, edit, mailed, opened, start } = await open();
    const id = await book(null);
    await mailed();
    // No calendar shows that, so it is not mailed: but the link of the invitation is used up.
    await edit(id, { intakeNotes: 'likes tea' });
    engine.clock.set(start - 60 * MINUTE);
    const reminded = await mailed();
    expect([...reminded.keys()]).toEqual([`${ZOE} Reminder`]);
    expect(await opened(reminded.get(`${ZOE} Reminder`))).toEqual([2, 'cancel']);
  });
});
