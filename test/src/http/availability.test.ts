import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, openApi, type Api } from './api.ts';
import { at, blocked, extra, hours, newTenant, stretch, toldOf, type Tenant } from './tenants.ts';

const ZONES =
  'UTC Europe/Paris Europe/Rome Europe/Oslo Asia/Tokyo Asia/Kathmandu Africa/Cairo ' +
  'America/Lima America/Bogota America/New_York Pacific/Apia';
const WORK = { windows: [hours('09:00', '12:00'), hours('13:00', '17:00')] };

describe.each(engines())('when agents take calls, on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    tenant = await newTenant(api);
  });

  const put = (availability: unknown) => tenant.ask('PUT', '/agents/ana/availability', availability);

  describe('PUT and GET', () => {
    test('what was put is what is there, whole, and the agent’s record is left alone by it', async () => {
      await tenant.agent('ana');
      const everything = {
        windows: [hours('09:00', '12:30', 0, 'Europe/Paris'), hours('13:00', '24:00', 6, 'Asia/Kathmandu')],
        exceptions: [blocked('10:00', '10:00:00.001'), extra('20:00', '21:00')],
        doNotDisturb: [stretch('11:00', '11:30'), stretch('11:15', '12:00')],
      };
      const told = { data: { availability: everything } };
      const saved = await put(everything);
      expect([saved.status, saved.body]).toEqual([200, told]);
      await tenant.ask('PUT', '/agents/ana', { name: 'Ana M.', active: false });
      expect((await tenant.ask('GET', '/agents/ana/availability')).body).toEqual(told);
      expect((await tenant.ask('GET', '/agents/ana')).body.data.agent).toEqual({
        id: 'ana',
        name: 'Ana M.',
        active: false,
        email: null,
      });
    });

    test('what is left out is empty: the agent takes calls at any hour again', async () => {
      await tenant.agent('ana', WORK);
      expect(toldOf(await tenant.give('ana', at('03:00')))).toBe('outside_hours');
      expect((await put({})).body).toEqual({
        data: { availability: { windows: [], exceptions: [], doNotDisturb: [] } },
      });
      expect(toldOf(await tenant.give('ana', at('03:00')))).toBe('granted');
    });

    test('of an agent who is not there, or is another app’s: 404', async () => {
      await (await newTenant(api)).agent('ana', WORK);
      for (const { status, body } of [await put(WORK), await tenant.ask('GET', '/agents/ana/availability')])
        expect([status, body.error.code]).toEqual([404, 'not_found']);
    });

    const zones = ZONES.split(' ');
    const inZones = (count: number) => zones.slice(0, count).map((zone) => hours('09:00', '17:00', 1, zone));
    const kept = Array.from({ length: 400 }, () => stretch('10:00', '11:00'));
    test.each<[string, object, string[]]>([
      ['a weekday 7', { windows: [hours('09:00', '10:00', 7)] }, ['windows.0.weekday']],
      ['an end before its start', { windows: [hours('10:00', '09:00')] }, ['windows.0.end']],
      ['an end at its start', { windows: [hours('10:00', '10:00')] }, ['windows.0.end']],
      ['a start at 24:00', { windows: [hours('24:00', '24:00')] }, ['windows.0.start']],
      ['an end at 24:01', { windows: [hours('09:00', '24:01')] }, ['windows.0.end']],
      ['a time without a zero', { windows: [hours('9:00', '10:00')] }, ['windows.0.start']],
      [
        'an unknown zone',
        { windows: [hours('09:00', '10:00'), hours('09:00', '10:00', 1, 'Mars/Base')] },
        ['windows.1.timezone'],
      ],
      [
        'a zone to name but not to reckon with',
        { windows: [hours('09:00', '10:00', 1, 'PST')] },
        ['windows.0.timezone'],
      ],
      ['an exception that ends first', { exceptions: [blocked('10:00', '09:00')] }, ['exceptions.0.endUtc']],
      ['one that takes no time', { doNotDisturb: [stretch('09:00', '09:00')] }, ['doNotDisturb.0.endUtc']],
      [
        'an exception of no kind',
        { exceptions: [{ kind: 'ill', ...stretch('09:00', '10:00') }] },
        ['exceptions.0.kind'],
      ],
      [
        'a time that is none',
        { doNotDisturb: [{ startUtc: '2026-05-04', endUtc: iso(at('10:00')) }] },
        ['doNotDisturb.0.startUtc'],
      ],
      ['101 windows', { windows: Array.from({ length: 101 }, () => hours('09:00', '10:00')) }, ['windows']],
      ['11 zones', { windows: inZones(11) }, ['windows']],
      ['401 quiet hours', { doNotDisturb: [...kept, kept[0]] }, ['doNotDisturb']],
      [
        'unknown fields',
        { holidays: [], windows: [{ ...hours('09:00', '10:00'), note: 'x' }] },
        ['windows.0.note', 'holidays'],
      ],
    ])('refuse %s, and nothing is changed', async (_, availability, paths) => {
      await tenant.agent('ana', WORK);
      const { status, body } = await put(availability);
      expect([status, body.error.code]).toEqual([400, 'invalid_request']);
      const told: string[] = body.error.details.issues.map(({ path }: { path: string }) => path);
      expect([...new Set(told)].toSorted()).toEqual(paths.toSorted());
      const { windows } = (await tenant.ask('GET', '/agents/ana/availability')).body.data.availability;
      expect(windows).toEqual(WORK.windows);
    });

    test('as much as may be said is kept, on every engine', async () => {
      await tenant.agent('ana');
      const windows = Array.from({ length: 10 }, () => inZones(10)).flat();
      const { status, body } = await put({ windows, doNotDisturb: kept });
      expect(status).toBe(200);
      expect((await tenant.ask('GET', '/agents/ana/availability')).body).toEqual(body);
      expect(body.data.availability.doNotDisturb).toHaveLength(400);
    });
  });
});
