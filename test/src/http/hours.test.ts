import { MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, openApi, type Api } from './api.ts';
import { at, blocked, extra, hours, newTenant, stretch, toldOf, type Tenant } from './tenants.ts';

const WORK = { windows: [hours('09:00', '12:00'), hours('13:00', '17:00')] };

describe.each(engines())('the hours of agents on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    tenant = await newTenant(api);
  });

  describe('a call', () => {
    const OFF = { ...WORK, exceptions: [blocked('10:00', '10:30')] };
    const QUIET = { ...WORK, doNotDisturb: [stretch('10:00', '10:30')] };
    test.each<[string, object, number, number, string]>([
      ['with the first minute', WORK, at('09:00'), 30, 'granted'],
      ['a minute before', WORK, at('08:59'), 30, 'outside_hours'],
      ['up to the last minute', WORK, at('11:30'), 30, 'granted'],
      ['a minute beyond it', WORK, at('11:31'), 30, 'outside_hours'],
      ['between two windows', WORK, at('12:00'), 30, 'outside_hours'],
      ['in the second window', WORK, at('16:30'), 30, 'granted'],
      ['over what is between two windows', WORK, at('11:30'), 120, 'outside_hours'],
      ['on another day of the week', WORK, at('10:00', '2026-05-05'), 30, 'outside_hours'],
      ['a week later', WORK, at('10:00', '2026-05-11'), 30, 'granted'],
      [
        'over midnight, where windows touch',
        { windows: [hours('22:00', '24:00'), hours('00:00', '01:00', 2)] },
        at('23:30'),
        90,
        'granted',
      ],
      ['in time off', OFF, at('10:00'), 30, 'time_off'],
      ['that reaches into time off', OFF, at('09:31'), 30, 'time_off'],
      ['that touches time off', OFF, at('09:30'), 30, 'granted'],
      ['after time off', OFF, at('10:30'), 30, 'granted'],
      ['in quiet time', QUIET, at('10:29'), 30, 'do_not_disturb'],
      ['after quiet time', QUIET, at('10:30'), 30, 'granted'],
      [
        'in extra time',
        { ...WORK, exceptions: [extra('20:00', '20:30', '2026-05-05')] },
        at('20:00', '2026-05-05'),
        30,
        'granted',
      ],
      [
        'over windows and the extra time between them',
        { ...WORK, exceptions: [extra('12:00', '13:00')] },
        at('11:30'),
        120,
        'granted',
      ],
      [
        'in extra time that is off',
        { ...WORK, exceptions: [extra('20:00', '21:00'), blocked('20:00', '21:00')] },
        at('20:00'),
        30,
        'time_off',
      ],
      [
        'in extra time that is quiet',
        { exceptions: [extra('20:00', '21:00')], doNotDisturb: [stretch('20:00', '21:00')] },
        at('20:00'),
        30,
        'do_not_disturb',
      ],
      ['at any hour, of one who has no windows', {}, at('03:17'), 30, 'granted'],
      [
        'in time off, of one who has no windows',
        { exceptions: [blocked('03:00', '04:00')] },
        at('03:17'),
        30,
        'time_off',
      ],
    ])('%s', async (_, availability, startsAt, durationMinutes, told) => {
      await tenant.agent('ana', availability);
      expect(toldOf(await tenant.give('ana', startsAt, { durationMinutes }))).toBe(told);
    });

    test('in windows of two zones, each on its own clock', async () => {
      const zones = ['Europe/Paris', 'America/New_York'];
      await tenant.agent('ana', { windows: zones.map((zone) => hours('09:00', '10:00', 1, zone)) });
      const times = ['06:59', '07:00', '07:31', '09:00', '13:30', '13:31'].map((time) => at(time));
      const told: unknown[] = [];
      for (const time of times) told.push(toldOf(await tenant.give('ana', time)));
      const outside = 'outside_hours';
      expect(told).toEqual([outside, 'granted', outside, outside, 'granted', outside]);
    });

    test('is told what is in its way, but hours have no name', async () => {
      await tenant.agent('ana', { ...OFF, doNotDisturb: QUIET.doNotDisturb });
      const off = await tenant.give('ana', at('10:15'));
      expect(off.status).toBe(409);
      expect(off.body.error.details.conflict).toEqual({ agentId: 'ana', ...stretch('10:00', '10:30') });
      expect((await tenant.give('ana', at('08:00'))).body.error.details).not.toHaveProperty('conflict');
    });

    test('is booked inside of the hours only, too', async () => {
      await tenant.agent('ana', WORK);
      const booking = { guestName: 'B', guestEmail: 'b@example.com', appTimezone: 'UTC' };
      const post = async (startsAt: number) => {
        const place = { assignedAgentId: 'ana', scheduledAtUtc: iso(startsAt) };
        return tenant.ask('POST', '/scheduled-calls', { ...booking, ...place });
      };
      expect(toldOf(await post(at('12:00')))).toBe('outside_hours');
      expect((await post(at('11:30'))).status).toBe(201);
    });

    test('may have its buffers outside of the hours, and in time off', async () => {
      await tenant.agent('ana', {
        windows: [hours('09:00', '10:00')],
        exceptions: [blocked('10:00', '11:00')],
      });
      const long = { durationMinutes: 60, bufferBeforeMinutes: 240, bufferAfterMinutes: 240 };
      expect(toldOf(await tenant.give('ana', at('09:00'), long))).toBe('granted');
    });

    test('stays when the hours change, is still edited, and moves to where they allow', async () => {
      await tenant.agent('ana');
      const { id } = await tenant.book({ startsAt: at('20:00') });
      await tenant.agent('ana', WORK);
      expect((await tenant.ask('GET', `/scheduled-calls/${id}`)).body.data.call).toMatchObject({
        scheduled_at: iso(at('20:00')),
        version: 1,
      });
      expect(toldOf(await tenant.patch(id, { guestName: 'Bruno', scheduledAtUtc: iso(at('20:00')) }))).toBe(
        'granted',
      );
      expect(toldOf(await tenant.patch(id, { scheduledAtUtc: iso(at('20:15')) }))).toBe('outside_hours');
      expect(toldOf(await tenant.patch(id, { scheduledAtUtc: iso(at('10:00')) }))).toBe('granted');
      expect(toldOf(await tenant.patch(id, { scheduledAtUtc: iso(at('20:00')) }))).toBe('outside_hours');
    });
  });

  /** Paris goes from 03:00 back to 02:00, and from 02:00 forward to 03:00; both at 01:00 UTC. */
  describe('where the clocks change', () => {
    const BACK = '2026-10-25';
    const FORWARD = '2027-03-28';
    test.each([
      ['an end that comes twice is the second one', '01:00', '02:30', BACK, '01:00', '01:01'],
      ['a start that comes twice is the first one', '02:30', '04:00', BACK, '00:30', '00:29'],
      ['the hour that comes twice is two', '02:00', '03:00', BACK, '01:30', '01:31'],
      ['a start that does not come is the change', '02:30', '04:00', FORWARD, '01:00', '00:59'],
      ['what is left of that window', '02:30', '04:00', FORWARD, '01:30', '01:31'],
      ['an end that does not come is the change', '01:00', '02:30', FORWARD, '00:30', '00:31'],
    ])('%s', async (_, start, end, date, open, closed) => {
      await tenant.agent('ana', { windows: [hours(start, end, 0, 'Europe/Paris')] });
      expect(toldOf(await tenant.give('ana', at(closed, date)))).toBe('outside_hours');
      expect(toldOf(await tenant.give('ana', at(open, date)))).toBe('granted');
    });

    test('a window that does not come at all opens nothing', async () => {
      await tenant.agent('ana', { windows: [hours('02:00', '03:00', 0, 'Europe/Paris')] });
      const told = await Promise.all(
        [-60, -30, -1, 0, 1, 30].map(async (minutes) =>
          toldOf(await tenant.give('ana', at('01:00', FORWARD) + minutes * MINUTE)),
        ),
      );
      expect(new Set(told)).toEqual(new Set(['outside_hours']));
    });
  });
});
