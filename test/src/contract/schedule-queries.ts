import {
  ALWAYS,
  type CallFilter,
  type PageStart,
  type ScheduleQueries,
  type ScheduleStore,
} from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changesOf,
  MINUTES,
  MORNING,
  needOf,
  next,
  sampleCall,
  sampleEvent,
  savingAgents,
} from './samples.ts';

export interface QueriesHarness {
  readonly store: ScheduleStore;
  readonly queries: ScheduleQueries;
  close(): Promise<void>;
}

/** Every obligation of the port `ScheduleQueries`, on top of a store that keeps its own. */
export function scheduleQueriesContract(name: string, open: () => Promise<QueriesHarness>): void {
  describe(`schedule queries: ${name}`, () => {
    let harness: QueriesHarness;
    let queries: ScheduleQueries;

    const at = (minutes: number) => MORNING + minutes * MINUTES;
    const app = { appId: 'app' };
    const series = (id: string) => ({ id, wallTime: '2031-04-05T12:00:00' });
    const weekly = { ...app, series: series('weekly') };
    const calls = [
      sampleCall({ ...weekly, id: 'a', guestName: 'Amina Diallo', startsAt: at(60), guestPhone: null }),
      sampleCall({
        ...app,
        id: 'b',
        guestName: 'Bruno',
        startsAt: at(0),
        agentId: 'ben',
        guestEmail: 'B@EXAMPLE.ORG',
      }),
      sampleCall({
        ...app,
        id: 'c',
        guestName: '100%_sure!',
        startsAt: at(60),
        agentId: null,
        bookingSource: 'admin',
      }),
      sampleCall({
        ...weekly,
        id: 'd',
        guestName: 'Dina',
        startsAt: at(30),
        status: 'cancelled',
        guestEmail: null,
      }),
      sampleCall({
        ...app,
        series: series('Weekly'),
        id: 'e',
        guestName: 'Élodie',
        startsAt: at(90),
        status: 'confirmed',
      }),
    ];
    const foreign = sampleCall({ ...weekly, appId: 'other', id: 'a', guestName: 'Amina of another app' });

    beforeAll(async () => {
      harness = await open();
      ({ queries } = harness);
      const { store } = harness;
      for (const [appId, id] of [
        ['app', 'ana'],
        ['app', 'ben'],
        ['other', 'ana'],
      ] as const) {
        const { version } = await store.load([{ appId, agentId: id }]);
        const agent = {
          appId,
          id,
          name: `${id} of ${appId}`,
          active: id === 'ana',
          email: `${id}@x.example`,
        };
        await store.commit(version, savingAgents(agent));
      }
      for (const call of [...calls, foreign]) {
        const { version } = await store.load([needOf(call)]);
        await store.commit(version, { ...changesOf(call), claimed: [] });
      }
    });
    afterAll(() => harness?.close());

    const list = async (filter: CallFilter, start: PageStart = { skip: 0 }, limit = 10) => {
      const { calls: found, total } = await queries.calls('app', filter, start, limit);
      return { ids: found.map(({ id }) => id).join(''), total };
    };

    test('one call, of its own app only', async () => {
      expect(await queries.call('app', 'a')).toEqual(calls[0]);
      expect(await queries.call('other', 'a')).toEqual(foreign);
      expect(await queries.call('other', 'b')).toBeUndefined();
      expect(await queries.call('app', 'A')).toBeUndefined();
    });

    test('one agent, of its own app only', async () => {
      expect(await queries.agent('app', 'ben')).toEqual({
        ...app,
        id: 'ben',
        name: 'ben of app',
        active: false,
        email: 'ben@x.example',
        availability: ALWAYS,
        turn: 0,
      });
      expect(await queries.agent('other', 'ben')).toBeUndefined();
    });

    test('calls by start, then id', async () => {
      expect(await list({})).toEqual({ ids: 'bdace', total: 5 });
    });

    test.each<[string, CallFilter, string]>([
      ['an agent', { agentId: 'ana' }, 'dae'],
      ['statuses', { statuses: ['cancelled', 'confirmed'] }, 'de'],
      ['no status', { statuses: [] }, ''],
      ['a source', { bookingSource: 'admin' }, 'c'],
      ['a series', { seriesId: 'weekly' }, 'da'],
      ['a series and a status', { seriesId: 'weekly', statuses: ['scheduled'] }, 'a'],
      ['a first instant, inclusive', { startsFrom: at(60) }, 'ace'],
      ['a last instant, exclusive', { startsBefore: at(60) }, 'bd'],
      ['a part of a name', { search: 'ina' }, 'da'],
      ['a part of a name in another case', { search: 'AMINA d' }, 'a'],
      ['a part of an e-mail in another case', { search: 'b@example' }, 'b'],
      ['a part of a phone', { search: '+33 1 23' }, 'bdce'],
      ['a letter beyond ASCII', { search: 'Élo' }, 'e'],
      ['characters that mean something in a pattern', { search: '100%_sure!' }, 'c'],
      ['a percent sign that stands for itself', { search: 'B%o' }, ''],
      ['an underscore that stands for itself', { search: 'D_na' }, ''],
      ['several together', { agentId: 'ana', statuses: ['scheduled'], startsFrom: at(0), search: 'a' }, 'a'],
      ['nothing that is there', { search: "' OR 1=1 --" }, ''],
    ])('a filter by %s', async (_, filter, ids) => {
      expect(await list(filter)).toEqual({ ids, total: ids.length });
    });

    test('a call in a list tells its series', async () => {
      const { calls: found } = await queries.calls('app', { agentId: 'ana' }, { skip: 0 }, 10);
      expect(found.map((call) => call.series?.id)).toEqual(['weekly', 'weekly', 'Weekly']);
      expect(found[0]?.series).toEqual(calls[3]?.series);
      expect((await queries.calls('app', { agentId: 'ben' }, { skip: 0 }, 10)).calls[0]?.series).toBe(null);
    });

    test('pages by number', async () => {
      expect(await list({}, { skip: 1 }, 2)).toEqual({ ids: 'da', total: 5 });
      expect(await list({}, { skip: 4 }, 2)).toEqual({ ids: 'e', total: 5 });
      expect(await list({}, { skip: 9 }, 2)).toEqual({ ids: '', total: 5 });
    });

    test('pages by the last call of the page before', async () => {
      expect(await list({}, { after: { startsAt: at(30), id: 'd' } }, 2)).toEqual({ ids: 'ac', total: 5 });
      expect(await list({}, { after: { startsAt: at(60), id: 'a' } }, 2)).toEqual({ ids: 'ce', total: 5 });
      expect(await list({ agentId: 'ana' }, { after: { startsAt: at(60), id: 'a' } })).toEqual({
        ids: 'e',
        total: 3,
      });
      expect(await list({}, { after: { startsAt: at(90), id: 'e' } })).toEqual({ ids: '', total: 5 });
    });

    test('the timeline in its order, in pages, as it was written', async () => {
      const { store } = harness;
      let call = sampleCall({ ...app, id: 'told', agentId: null });
      const written = [sampleEvent(call)];
      const commit = async () => {
        const { version } = await store.load([needOf(call)]);
        await store.commit(version, { ...changesOf(call), claimed: [] });
      };
      await commit();
      for (let round = 0; round < 11; round += 1) {
        call = next(call, { startsAt: call.startsAt + MINUTES });
        written.push(sampleEvent(call));
        await commit();
      }
      expect(await queries.timeline(call, 0, 100)).toEqual(written);
      expect(await queries.timeline(call, 2, 3)).toEqual(written.slice(2, 5));
      expect(await queries.timeline(call, 12, 3)).toEqual([]);
      expect(await queries.timeline({ ...call, appId: 'other' }, 0, 3)).toEqual([]);
    });

    test('the timeline as far as the call had come, whatever has happened since', async () => {
      const call = { appId: 'app', id: 'told', lastSeq: 4 };
      expect((await queries.timeline(call, 0, 100)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect((await queries.timeline(call, 3, 100)).map(({ seq }) => seq)).toEqual([4]);
    });
  });
}
