import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { mailServer, type MailServer, type Received } from '../email/receivers.ts';
import { describeOnServers, newDatabase } from '../engines/engines.ts';
import { read } from '../icalendar/parsed.ts';
import type { Environment } from './program.ts';
import { asking, untold } from './told.ts';
import { useServers } from './use-servers.ts';

const { folder, start, run, relay } = useServers();

/** Milliseconds until what is waited for has failed. */
const DEADLINE = 20_000;
const HOUR = 3_600_000;
const ANA = 'ana@example.com';
const BEN = 'ben@example.com';
const ZOE = 'zoe@example.com';

/** An app of a server, over HTTP. */
async function serve(env: Environment) {
  const { appId } = JSON.parse((await run(['apps', 'create', '--json'], env)).out);
  const scopes = 'scheduling:read,scheduling:write,scheduling:admin';
  const words = ['keys', 'create', '--app', appId, '--scopes', scopes, '--json'];
  const { token } = JSON.parse((await run(words, env)).out);
  const server = await start(env);
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const ask = async (method: string, path: string, body?: unknown) => {
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${server.url}/api/v1/video/${appId}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text).data;
  };
  const at = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
  return {
    appId,
    server,
    ask,
    at,
    async book(startsIn: number, agent?: string) {
      const data = await ask('POST', '/scheduled-calls', {
        scheduledAtUtc: at(startsIn),
        guestName: 'Zoë',
        guestEmail: ZOE,
        guestIntakeNotes: 'likes tea',
        appTimezone: 'UTC',
        assignedAgentId: agent,
      });
      const id: string = data.call.id;
      return id;
    },
  };
}

const settings = (url: string, mails: MailServer, more: Environment = {}): Environment => ({
  DATABASE_URL: url,
  SMTP_URL: mails.url,
  MAIL_FROM: 'calls@example.com',
  DRAIN_SECONDS: '0',
  ...more,
});

/** What came after the first `known`: to whom, and what the calendars of two readers are asked for. */
const mailed = ({ received }: MailServer, known: number) =>
  received
    .slice(known)
    .map(({ to: [to = ''], mail }) => {
      const objects = mail.attachments.map(({ content }) => read(content.toString()));
      const said = objects.map(
        ({ calendar, event }) =>
          `${calendar['method']?.value} ${event['sequence']?.value} ${event['uid']?.value}`,
      );
      expect(new Set(said).size).toBe(1);
      return `${to} ${said[0]}`;
    })
    .toSorted();

/** Books, moves, gives away and cancels a call; gives all that its mails say. */
async function sayingsOf(env: Environment, mails: MailServer): Promise<string> {
  const { ask, at, book } = await serve(env);
  for (const [id, email] of Object.entries({ ana: ANA, ben: BEN }))
    await ask('PUT', `/agents/${id}`, { name: id, active: true, email });
  const id = await book(48 * HOUR, 'ana');
  const uid = `${id}@reslot`;
  let known = 0;
  const expectNext = async (...expected: string[]) => {
    await expect
      .poll(() => mailed(mails, known), { timeout: DEADLINE })
      .toEqual(expected.map((one) => `${one} ${uid}`));
    known += expected.length;
  };
  await expectNext(`${ANA} REQUEST 0`, `${ZOE} REQUEST 0`);
  await ask('PATCH', `/scheduled-calls/${id}`, { scheduledAtUtc: at(72 * HOUR) });
  await expectNext(`${ANA} REQUEST 1`, `${ZOE} REQUEST 1`);
  await ask('PATCH', `/scheduled-calls/${id}`, { guestIntakeNotes: 'likes coffee' });
  await ask('PATCH', `/scheduled-calls/${id}`, { assignedAgentId: 'ben' });
  await expectNext(`${ANA} CANCEL 3`, `${BEN} REQUEST 3`, `${ZOE} REQUEST 3`);
  await ask('DELETE', `/scheduled-calls/${id}`);
  await expectNext(`${BEN} CANCEL 4`, `${ZOE} CANCEL 4`);
  return mails.received
    .flatMap(({ raw, mail }) => [raw, mail.text, ...mail.attachments.map(({ content }) => content)])
    .join('\n');
}

const LINKED = {
  GUEST_LINK_SECRET: 'a secret of the tests and of nobody else',
  PUBLIC_URL: 'https://calls.example.com',
};

/** The links of a mail's text and of its calendar objects. */
const linksIn = ({ mail }: Received) => {
  const urls = mail.attachments.map(({ content }) => read(content.toString()).event['url']?.value);
  return [/https:\S+/.exec(mail.text ?? '')?.[0], ...urls];
};

/** Books a call, and has its guest move it by the link of the mail. Gives that, and what the server has said. */
async function linkThatMoves(env: Environment, mails: MailServer) {
  const { ask, at, book, server } = await serve(env);
  await ask('PUT', '/agents/ana', { name: 'ana', active: true, email: ANA });
  const id = await book(48 * HOUR, 'ana');
  const mailTo = async (address: string, subject: string) => {
    const found = () =>
      mails.received.find(({ to, mail }) => to[0] === address && mail.subject?.startsWith(subject));
    await expect.poll(found, { timeout: DEADLINE }).toBeDefined();
    const mail = found();
    if (!mail) throw new Error('it was there');
    return mail;
  };
  const [link, ...urls] = linksIn(await mailTo(ZOE, 'Invitation'));
  expect(link).toMatch(/^https:\/\/calls\.example\.com\/g\/[\w.-]+$/);
  expect(urls).toEqual([link, link]);
  const toAgent = await mailTo(ANA, 'Invitation');
  expect([linksIn(toAgent), toAgent.raw.includes('/g/')]).toEqual([[undefined, undefined, undefined], false]);

  const path = new URL(link ?? '').pathname;
  const seen = await fetch(`${server.url}${path}`);
  expect([seen.status, JSON.parse(await seen.text()).data.call.id]).toEqual([200, id]);
  const startUtc = at(72 * HOUR);
  const moved = await fetch(`${server.url}${path}/reschedule`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ startUtc }),
  });
  expect(moved.status).toBe(200);
  expect((await ask('GET', `/scheduled-calls/${id}`)).call).toMatchObject({
    scheduled_at: startUtc,
    version: 2,
  });
  const [next] = linksIn(await mailTo(ZOE, 'Changed'));
  expect([next === undefined, next === link]).toEqual([false, false]);
  const cancelled = await fetch(`${server.url}${new URL(next ?? '').pathname}/cancel`, { method: 'POST' });
  expect(cancelled.status).toBe(200);
  expect(linksIn(await mailTo(ZOE, 'Cancelled'))).toEqual([undefined, undefined, undefined]);
  return { token: link?.split('/g/')[1], output: server.output() };
}

describe('a server with a mail server', () => {
  const embedded = () => `sqlite:${join(folder(), 'mails.db')}`;

  test('mails the guest a link of its own, which moves the call', async () => {
    const mails = await mailServer();
    const { token, output } = await linkThatMoves(settings(embedded(), mails, LINKED), mails);
    expect(output).not.toContain(token);
  });

  test('mails no link that ends with the process', async () => {
    const mails = await mailServer();
    const { ask, book } = await serve(settings(embedded(), mails));
    const id = await book(48 * HOUR);
    await expect.poll(() => mails.received.length, { timeout: DEADLINE }).toBe(1);
    expect(mails.received[0]?.raw.includes('/g/')).toBe(false);
    // Who asks for one gets it.
    const { guestLink } = await ask('POST', `/scheduled-calls/${id}/guest-links`, { purposes: ['view'] });
    expect(guestLink.url).toContain('/g/');
  });

  test('mails a call to its guest and its agents, as long as it is theirs', async () => {
    const mails = await mailServer();
    const said = await sayingsOf(settings(embedded(), mails), mails);
    expect(said).toContain('DESCRIPTION:A call of 30 min.');
    expect(said).not.toContain('likes');
  });

  test('with INVITATIONS=off mails none, and with REMINDER_LOG=on notes a reminder', async () => {
    const mails = await mailServer();
    const env = settings(embedded(), mails, { INVITATIONS: 'off', REMINDER_LOG: 'on' });
    const { book, server, appId } = await serve(env);
    const id = await book(HOUR + 6_000);
    await expect.poll(server.output, { timeout: DEADLINE }).toContain('"reminder_1h"');
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.includes('"reminder_1h"'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/zo[eë]/i);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ channel: 'log', app_id: appId, call_id: id });
    await expect
      .poll(() => asking(env['DATABASE_URL'] ?? '', (db) => untold(db, appId)), { timeout: DEADLINE })
      .toBe(0);
    expect(mails.received.map(({ mail }) => mail.subject?.split(':')[0])).toEqual(['Reminder']);
  });
});

describeOnServers('a server with a mail server', (name) => {
  let drop: (() => Promise<void>) | undefined;
  afterEach(() => drop?.());

  test('mails a call to its guest and its agents, as long as it is theirs', async () => {
    const mails = await mailServer();
    const database = await newDatabase(name);
    ({ drop } = database);
    expect(await sayingsOf(settings(database.url, mails), mails)).not.toContain('likes');
  });

  test('and a relay of its own mails links that the server knows', async () => {
    const mails = await mailServer();
    const database = await newDatabase(name);
    ({ drop } = database);
    const env = settings(database.url, mails, LINKED);
    await run(['migrate'], env);
    await relay(env);
    const { token, output } = await linkThatMoves({ ...env, RELAY: 'off' }, mails);
    expect(output).not.toContain(token);
  });
});
