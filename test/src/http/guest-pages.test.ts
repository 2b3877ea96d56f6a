import { hash } from 'node:crypto';
import { DAY, fields, MINUTE, type Call } from '@reslot/core';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { names } from '../hostile.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';
import { BROWSER, linkFor, sendForm, stateOf } from './guests.ts';
import { at, newTenant, type Tenant } from './tenants.ts';

const START = at('10:00');
const HOUR = 60 * MINUTE;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescaped = (text = ''): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
const tagsOf = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];
/** What the page says of the call; what stands there on several lines is one. */
const factsOf = ({ text }: Answer): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<dt>([^<]*)<\/dt>\s*<dd>(.*?)<\/dd>/gs)].map(([, name = '', value = '']) => [
      name,
      unescaped(
        value
          .replaceAll(/<[^>]*>/g, '')
          .replaceAll(/^\s*\n\s*|\s*\n\s*$/g, '')
          .replaceAll(/\s*\n\s*/g, ' '),
      ),
    ]),
  );
const noticeOf = ({ text }: Answer): string | undefined => /<p role="status">([^<]*)/.exec(text)?.[1];
/** The times to choose among, and whether each is chosen already. */
const choicesOf = ({ text }: Answer): [string, boolean][] =>
  tagsOf(text).flatMap((tag): [string, boolean][] => {
    const start = /name="startUtc"\s+value="([^"]*)"/.exec(tag)?.[1];
    return start === undefined ? [] : [[start, /\schecked\s/.test(tag)]];
  });
const reasonOf = (page: string) => {
  const input = tagsOf(page).find((tag) => tag.includes('name="reason"')) ?? '';
  return {
    label: /<label for="reason">([^<]*)/.exec(page)?.[1],
    value: unescaped(/value="([^"]*)"/.exec(input)?.[1]),
    isRequired: /\srequired\s/.test(input),
  };
};
/** Where a page leads, from where it stands. */
const leadingTo = (path: string, { text }: Answer): string[] =>
  [...text.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, to]) => {
    const { pathname, search } = new URL(unescaped(to), `http://localhost${path}`);
    return pathname + search;
  });

describe.each(engines())('pages of guests on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  let call: Call;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.clock.set(NOW);
    tenant = await newTenant(api);
    await tenant.agent('ana');
    call = await tenant.book({ startsAt: START, guestTimezone: 'Asia/Kathmandu' });
  });

  const open = (path: string, headers: Record<string, string> = BROWSER) =>
    api.request('GET', path, undefined, headers);

  test('show the call on the clocks of the guest, and what can be done', async () => {
    const link = await linkFor(tenant, call.id);
    const page = await open(link);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(factsOf(page)).toEqual({
      When: 'Monday 4 May 2026, 15:45 GMT+5:45 (Asia/Kathmandu), 30 minutes',
      Guest: 'Amina',
      With: 'ana',
      Status: 'Booked',
    });
    expect(leadingTo(link, page)).toEqual([`${link}/slots`, `${link}/cancel`]);
    expect(noticeOf(page)).toBeUndefined();
    const only = await linkFor(tenant, call.id, ['view']);
    expect(leadingTo(only, await open(only))).toEqual([]);
  });

  test('let nothing in, and nothing out', async () => {
    const link = await linkFor(tenant, call.id);
    for (const page of [
      await open(link),
      await open(`${link}/slots`),
      await open('/g/x'),
      await open('/g/'),
    ]) {
      const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page.text) ?? [];
      const policy = `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
      expect(page.headers.get('content-security-policy')).toBe(policy);
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.headers.get('x-robots-tag')).toBe('noindex, nofollow');
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      expect(page.headers.get('vary')).toBe('Accept');
      expect(page.text).not.toMatch(/<script|<img|<link|https?:|\son\w+=|style=/i);
      expect(page.text).toMatch(/^<!doctype html>\s*<html lang="en">/);
    }
  });

  test('offer times, and move the call by a form', async () => {
    const link = await linkFor(tenant, call.id);
    const page = await open(`${link}/slots`);
    const [form, earlier, later, back] = leadingTo(`${link}/slots`, page);
    const window = (from: number, to: number) => `${link}/slots?fromUtc=${iso(from)}&toUtc=${iso(to)}`;
    expect([form, earlier, later, back]).toEqual([
      `${link}/reschedule`,
      window(START - 4 * DAY, START - DAY),
      window(START + 2 * DAY, START + 5 * DAY),
      link,
    ]);
    expect((await open(later ?? '')).text).toContain('<legend>Wednesday 6 May 2026</legend>');
    const wanted = iso(START + HOUR);
    expect(choicesOf(page)).toContainEqual([wanted, false]);
    expect(page.text).toContain('16:45 GMT+5:45</label');
    expect(page.text).not.toContain(`value="${iso(START)}"`);

    const moved = await sendForm(api, form ?? '', { startUtc: wanted, reason: '' });
    expect([moved.status, noticeOf(moved)]).toEqual([200, 'Your call has been moved.']);
    expect(factsOf(moved).When).toContain('16:45 GMT+5:45');
    expect(leadingTo(form ?? '', moved)).toEqual([]);
    expect(await stateOf(tenant, call.id)).toMatchObject({
      call: { scheduled_at: wanted },
      events: [{}, { actor_type: 'guest', reason: null }],
    });
  });

  test('begin with now, where the call is near, and do not go back behind it', async () => {
    api.clock.set(START - HOUR + 1);
    const link = await linkFor(tenant, call.id);
    const page = await open(`${link}/slots`);
    expect(leadingTo(`${link}/slots`, page)[1]).toContain(iso(START - 45 * MINUTE));
    const first = /value="([^"]*)"/.exec(page.text)?.[1];
    expect(first).toBe(iso(START - 45 * MINUTE));
    await tenant.settle({ actors: { guest: { minNoticeToNewMinutes: 730 * 24 * 60 } } });
    expect((await open(`${link}/slots`)).text).toContain('There is no free time in these days.');
  });

  test.each<[object, number, string]>([
    [{ allowed: false }, 403, 'The call cannot be moved by its guest.'],
    [{ minNoticeToOldMinutes: 100_000 }, 409, 'It is too late to move the call.'],
    [{ maxMoves: 0 }, 409, 'The call cannot be moved any more.'],
  ])('offer no move where %j forbids each, and say so', async (guest, status, said) => {
    const link = await linkFor(tenant, call.id);
    await tenant.settle({ actors: { guest } });
    const page = await open(link);
    expect([page.status, noticeOf(page), leadingTo(link, page)]).toEqual([200, said, [`${link}/cancel`]]);
    const times = await open(`${link}/slots`);
    expect([times.status, noticeOf(times), leadingTo(`${link}/slots`, times)]).toEqual([
      status,
      said,
      [`${link}/cancel`],
    ]);
    const only = await linkFor(tenant, call.id, ['cancel']);
    expect(noticeOf(await open(only))).toBeUndefined();
  });

  test('say that a reason is needed, and keep the time that was chosen', async () => {
    const link = await linkFor(tenant, call.id);
    expect((await open(`${link}/slots`)).text).toContain('Why? (may be left empty)');
    await tenant.settle({ actors: { guest: { reasonRequired: true } } });
    const { text } = await open(`${link}/slots`);
    expect(reasonOf(text)).toEqual({ label: 'Why? (please say)', value: '', isRequired: true });
    expect(reasonOf((await open(link)).text)).toMatchObject({
      label: 'Why? (may be left empty)',
      isRequired: false,
    });

    const wanted = iso(START + HOUR);
    const asked = await sendForm(api, `${link}/reschedule`, { startUtc: wanted, reason: '' });
    expect([asked.status, noticeOf(asked), choicesOf(asked)]).toEqual([
      400,
      'Please say why.',
      [[wanted, true]],
    ]);
    const [form = '', others, back] = leadingTo(`${link}/reschedule`, asked);
    expect([form, others, back]).toEqual([`${link}/reschedule`, `${link}/slots`, link]);
    const moved = await sendForm(api, form, { startUtc: wanted, reason: 'a train' });
    expect([moved.status, noticeOf(moved)]).toEqual([200, 'Your call has been moved.']);
  });

  test('offer the nearest free times instead of one that is taken, and keep the reason', async () => {
    const link = await linkFor(tenant, call.id);
    await tenant.book({ startsAt: START + HOUR });
    const wish = { startUtc: iso(START + HOUR), reason: 'a "train"' };
    const { body } = await api.request('POST', `${link}/reschedule`, wish);
    const free: string[] = body.error.details.alternatives.map((slot: { startUtc: string }) => slot.startUtc);
    const taken = await sendForm(api, `${link}/reschedule`, wish);
    expect([taken.status, noticeOf(taken)]).toEqual([409, 'That time is not free any more.']);
    expect(choicesOf(taken)).toEqual(free.toSorted().map((start) => [start, false]));
    expect(reasonOf(taken.text)).toMatchObject({ value: wish.reason, isRequired: false });
    const moved = await sendForm(api, `${link}/reschedule`, { startUtc: free[0] ?? '', reason: wish.reason });
    expect(moved.status).toBe(200);
  });

  test.each<[Record<string, string>, string]>([
    [{}, 'The time is missing.'],
    [{ startUtc: iso(NOW - HOUR) }, 'That time has passed.'],
    [{ startUtc: iso(START), reason: 'x'.repeat(501) }, 'The reason must'],
  ])('say of %j in plain words what is wrong, and lead on', async (filled, said) => {
    const link = await linkFor(tenant, call.id);
    const page = await sendForm(api, `${link}/reschedule`, filled);
    expect([page.status, noticeOf(page)?.slice(0, said.length)]).toEqual([400, said]);
    expect(leadingTo(`${link}/reschedule`, page)).toEqual([`${link}/slots`, `${link}/cancel`]);
  });

  test('cancel the call by a form', async () => {
    const link = await linkFor(tenant, call.id);
    const gone = await sendForm(api, `${link}/cancel`, { reason: 'ill' });
    expect([gone.status, noticeOf(gone), factsOf(gone).Status]).toEqual([
      200,
      'Your call has been cancelled.',
      'Cancelled',
    ]);
    expect(noticeOf(await open(link))).toBe('This call cannot be changed any more.');
    expect(await stateOf(tenant, call.id)).toMatchObject({ call: { cancellation_reason: 'ill' } });
  });

  test('say what was refused, and how the call stands', async () => {
    const link = await linkFor(tenant, call.id);
    await tenant.book({ startsAt: START + HOUR });
    const taken = await sendForm(api, `${link}/reschedule`, { startUtc: iso(START + HOUR) });
    expect([taken.status, noticeOf(taken)]).toEqual([409, 'That time is not free any more.']);
    await tenant.patch(call.id, { scheduledAtUtc: iso(START + DAY) });
    const stale = await sendForm(api, `${link}/reschedule`, { startUtc: iso(START) });
    expect([stale.status, noticeOf(stale)]).toEqual([412, 'The call has changed since this link was made.']);
    expect(factsOf(stale).When).toMatch(/^Tuesday 5 May 2026/);
    expect(leadingTo(link, stale)).toEqual([]);
    expect(noticeOf(await open(link))).toMatch(/^The call has changed since this link was made/);
    const none = await open('/g/x');
    expect([none.status, none.text.includes('This link does not hold')]).toEqual([404, true]);
  });

  test.each<[string, string, string, number]>([
    ['a time that is none', '/reschedule', 'startUtc=x', 400],
    ['no time', '/reschedule', '', 400],
    ['two times', '/reschedule', 'startUtc=2026-05-04T11:00:00Z&startUtc=2026-05-04T12:00:00Z', 400],
    ['an agent', '/reschedule', 'startUtc=2026-05-04T11:00:00Z&agentId=ben', 400],
    ['a prototype', '/cancel', '__proto__=x', 400],
    ['a reason that is too long', '/cancel', `reason=${'x'.repeat(501)}`, 400],
    ['half of a character', '/cancel', 'reason=%ff', 400],
    ['a percent that encodes nothing', '/cancel', 'reason=100%', 400],
    ['more than a form may have', '/cancel', `reason=${'x'.repeat(70_000)}`, 413],
  ])('refuse a form with %s', async (_, path, form, status) => {
    const link = await linkFor(tenant, call.id);
    const headers = { ...BROWSER, 'Content-Type': 'application/x-www-form-urlencoded' };
    const before = await stateOf(tenant, call.id);
    const answer = await api.request('POST', link + path, form, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=UTF-8']);
    expect(await stateOf(tenant, call.id)).toEqual(before);
  });

  test.each<[string | undefined, boolean]>([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['application/json, text/html;q=0.9', false],
    ['text/html', true],
    [BROWSER.Accept, true],
  ])('are for those who ask for one: %s', async (accept, isPage) => {
    const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept };
    for (const path of [await linkFor(tenant, call.id), '/g/x']) {
      const type = (await open(path, headers)).headers.get('content-type') ?? '';
      expect(type.startsWith('text/html')).toBe(isPage);
    }
  });
});

describe('pages', () => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi('memory');
    tenant = await newTenant(api);
  });
  afterAll(() => api?.close());

  test('say every name as it is, and nothing that stands in it', async () => {
    const page = async (guestName: string, agentName: string) => {
      await tenant.ask('PUT', '/agents/ana', { name: agentName, active: true });
      const { id } = await tenant.book({ guestName, startsAt: START });
      const link = await linkFor(tenant, id);
      const shown = await api.request('GET', link, undefined, BROWSER);
      await tenant.ask('DELETE', `/scheduled-calls/${id}`);
      return { shown, tags: tagsOf(shown.text.replaceAll(link.slice('/g/'.length), 'TOKEN')) };
    };
    const plain = (await page('Amina', 'Ana')).tags;
    for (const name of [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onfocus='x",
      '&lt;b&gt;',
    ]) {
      const { shown, tags } = await page(name, name);
      expect([tags, factsOf(shown).Guest, factsOf(shown).With]).toEqual([plain, name, name]);
    }
    await fc.assert(
      fc.asyncProperty(names(fields.guestName), names(fields.agentName), async (guestName, agentName) => {
        const { shown, tags } = await page(guestName, agentName);
        expect([tags, factsOf(shown).Guest, factsOf(shown).With]).toEqual([plain, guestName, agentName]);
      }),
      { numRuns: 60 },
    );
  });
});
