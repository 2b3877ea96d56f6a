import { randomUUID } from 'node:crypto';
import { createApp } from '@reslot/adapters/http';
import { DAY, type Call } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { read } from '../icalendar/parsed.ts';
import { clientOf, iso, NOW, openApi, type Api } from './api.ts';

describe.each(engines())('invitations on %s', (name) => {
  let api: Api;
  let days = 1;
  let call: Call;
  beforeAll(async () => {
    api = await openApi(name);
    await api.video('PUT', '/agents/ana', { name: 'Ana "Nan"', active: true, email: 'ana@example.com' });
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    days += 2;
    call = await api.book({ startsAt: NOW + days * DAY, intakeNotes: 'a secret' });
  });

  const invite = (id = call.id) => api.video('GET', `/scheduled-calls/${id}/invite.ics`);
  const change = (method: string, path: string, body?: unknown) =>
    api.video(method, `/scheduled-calls/${call.id}${path}`, body);
  const event = async () => read((await invite()).text).event;

  test('are calendars in a file, at the version of the call', async () => {
    const { status, headers, text } = await invite();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8; method=REQUEST');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="call-${call.id}.ics"`);
    expect(headers.get('etag')).toBe('"v1"');
    expect(headers.get('x-request-id')).toEqual(expect.any(String));
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\n[^]*\r\nEND:VCALENDAR\r\n$/);
    expect(text).not.toContain('secret');
    // It is for whoever may read: the link is for the guest.
    expect(text).not.toContain('URL');
    expect(read(text)).toMatchObject({
      calendar: { method: { value: 'REQUEST' } },
      event: {
        uid: { value: `${call.id}@reslot` },
        sequence: { value: '0' },
        organizer: { parameters: { cn: 'Ana "Nan"' }, value: 'mailto:ana@example.com' },
        attendee: { parameters: { cn: 'Amina' }, value: 'MAILTO:amina@example.com' },
      },
    });
    expect((await invite()).text).toBe(text);
  });

  test('follow a move of time and agent', async () => {
    const moved = call.startsAt + DAY;
    await change('PATCH', '', { scheduledAtUtc: iso(moved), assignedAgentId: 'ben' });
    const { headers, text } = await invite();
    expect(headers.get('etag')).toBe('"v2"');
    const { sequence, dtstart, organizer } = read(text).event;
    expect([sequence?.value, dtstart?.value]).toEqual(['1', iso(moved).replace('.000', '')]);
    expect([organizer?.parameters['cn'], organizer?.value]).toEqual(['ben', 'mailto:calls@example.com']);
  });

  test('of a call that is cancelled take it back', async () => {
    await change('DELETE', '');
    const { headers, text } = await invite();
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8; method=CANCEL');
    const { calendar, event: cancelled } = read(text);
    expect([calendar['method']?.value, cancelled['status']?.value]).toEqual(['CANCEL', 'CANCELLED']);
    expect(cancelled['sequence']?.value).toBe('1');
  });

  test('of a call that nobody takes, and of a guest without an e-mail', async () => {
    call = await api.book({ startsAt: call.startsAt, agentId: null, guestEmail: null });
    const { headers, text } = await invite();
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8; method=PUBLISH');
    const { organizer, attendee } = read(text).event;
    expect([organizer?.parameters['cn'], organizer?.value]).toEqual(['Calls', 'mailto:calls@example.com']);
    expect(attendee).toBeUndefined();
  });

  test.each(['start', 'complete', 'no-show'])('stay after /%s', async (path) => {
    expect((await change('POST', `/${path}`)).status).toBe(200);
    expect((await event())['status']?.value).toBe('CONFIRMED');
    expect((await invite()).headers.get('content-type')).toContain('method=REQUEST');
  });

  test('a guest cannot say more than a name', async () => {
    const guestName = 'X";ROLE=CHAIR:MAILTO:eve@example.com\\nATTENDEE;CN="E';
    expect((await change('PATCH', '', { guestName })).status).toBe(200);
    const { attendee, summary } = await event();
    expect(attendee).toEqual({
      parameters: {
        role: 'REQ-PARTICIPANT',
        partstat: 'NEEDS-ACTION',
        rsvp: 'TRUE',
        cn: guestName,
        email: 'amina@example.com',
      },
      value: 'MAILTO:amina@example.com',
    });
    expect(summary?.value).toBe(`Call: ${guestName} with Ana "Nan"`);
  });

  test('404 for a call that is not there, 400 for what is no id, 405 for other methods', async () => {
    const unknown = await invite(randomUUID());
    expect([unknown.status, unknown.body.error.message]).toEqual([404, 'no such call in this app']);
    expect((await invite('x')).status).toBe(400);
    expect((await change('GET', '/invite.ics?x=1')).status).toBe(400);
    expect((await change('POST', '/invite.ics')).status).toBe(405);
  });

  test('are in the document, as calendars', async () => {
    const { paths } = (await api.request('GET', '/openapi.json')).body;
    const { responses } = paths['/api/v1/video/{appId}/scheduled-calls/{id}/invite.ics'].get;
    expect(Object.keys(responses['200'].content)).toEqual(['text/calendar']);
  });

  test('an application that writes none has no such route', async () => {
    const { scheduler, clock, engine, appId, secrets } = api;
    const app = createApp({ scheduler, clock, queries: engine.queries, credentials: engine.credentials });
    const client = await clientOf(app, appId, secrets);
    const { status, body } = await client.video('GET', `/scheduled-calls/${call.id}/invite.ics`);
    expect([status, body.error.message]).toEqual([404, 'there is nothing at this path']);
    expect((await client.request('GET', '/openapi.json')).text).not.toContain('invite.ics');
  });
});
