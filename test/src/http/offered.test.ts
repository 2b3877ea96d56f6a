import { MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { randomOf } from '../random.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { at, blocked, hours, newTenant, speakingFor, stretch, toldOf, type Tenant } from './tenants.ts';

interface Slot {
  readonly startUtc: string;
  readonly agentId: string;
}

const GUEST = speakingFor('guest');

/** GET /availability and the requests that take what it offers hold each other to the same rules. */
describe.each(engines())('what is offered on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    tenant = await newTenant(api);
  });

  /** A day of two agents with hours, time off and calls at odd minutes, and a policy. */
  async function worldOf(seed: number) {
    const random = randomOf(seed);
    const clock = (minutes: number) => iso(at('00:00') + minutes * MINUTE).slice(11, 16);
    const span = (longest: number): [string, string] => {
      const from = 540 + random(480);
      return [clock(from), clock(from + 1 + random(longest))];
    };
    for (const id of ['ana', 'ben']) {
      await tenant.agent(id);
      for (let call = 0; call < 4; call += 1) {
        const buffers = { bufferBeforeMinutes: random(20), bufferAfterMinutes: random(20) };
        const startsAt = at('09:00') + random(480) * MINUTE;
        // What overlaps is refused: the world has fewer calls then.
        const place = { agentId: id, startsAt, durationMinutes: 5 + random(40), ...buffers };
        await tenant.book(place).catch(() => undefined);
      }
      await tenant.agent(id, {
        windows: random(4) === 0 ? [] : [hours(...span(300)), hours(...span(300))],
        exceptions: [blocked(...span(60)), { ...blocked(...span(120)), kind: 'available_extra' }],
        doNotDisturb: [stretch(...span(40))],
      });
    }
    const notice = (at('08:00') - NOW) / MINUTE + random(300);
    await tenant.settle({
      actors: { guest: { minNoticeToNewMinutes: notice } },
      dailyCap: random(2) === 0 ? null : { calls: 3 + random(3), timezone: 'Asia/Tokyo' },
    });
    const length = { durationMinutes: 10 + random(50), bufferBeforeMinutes: random(15) };
    return { length, stepMinutes: 17 + random(20) };
  }

  test.each([1, 2, 3])('is what is accepted, and nothing else (seed %i)', async (seed) => {
    const { length, stepMinutes } = await worldOf(seed);
    const { durationMinutes, bufferBeforeMinutes } = length;
    const freshCall = async (): Promise<string> =>
      (await tenant.book({ startsAt: at('09:00', '2026-05-01'), agentId: null, ...length })).id;
    const day = { fromUtc: iso(at('08:30')), toUtc: iso(at('18:00')), stepMinutes: String(stepMinutes) };
    const key = (agentId: string, start: number) => `${agentId} ${iso(start)}`;
    const offeredTo = async (query: Record<string, string>, headers = {}): Promise<string[]> => {
      const path = `/availability?${new URLSearchParams({ ...day, ...query })}`;
      const { body } = await tenant.ask('GET', path, undefined, headers);
      return body.data.slots.map(({ agentId, startUtc }: Slot) => key(agentId, Date.parse(startUtc)));
    };
    const toGuest = await offeredTo({ callId: await freshCall() }, GUEST);
    const ofNewOnes = await offeredTo({
      durationMinutes: `${durationMinutes}`,
      bufferBeforeMinutes: `${bufferBeforeMinutes}`,
    });
    const [moved, booked]: [string[], string[]] = [[], []];
    const last = at('18:00') - length.durationMinutes * MINUTE;
    const guest = { guestName: 'B', guestEmail: 'b@example.com', appTimezone: 'UTC' };
    // A copy of the call is moved. It goes away then, as what is booked does: the world stays as it was.
    let copy = await freshCall();
    for (let start = at('08:30'); start <= last; start += stepMinutes * MINUTE) {
      for (const agentId of ['ana', 'ben']) {
        const place = { assignedAgentId: agentId, scheduledAtUtc: iso(start) };
        if (toldOf(await tenant.ask('PATCH', `/scheduled-calls/${copy}`, place, GUEST)) === 'granted') {
          moved.push(key(agentId, start));
          await tenant.ask('DELETE', `/scheduled-calls/${copy}`);
          copy = await freshCall();
        }
        const booking = await tenant.ask('POST', '/scheduled-calls', { ...guest, ...length, ...place });
        if (toldOf(booking) !== 'granted') continue;
        booked.push(key(agentId, start));
        await tenant.ask('DELETE', `/scheduled-calls/${booking.body.data.call.id}`);
      }
    }
    expect(toGuest).toEqual(moved);
    expect(ofNewOnes).toEqual(booked);
    expect(moved.length).toBeGreaterThan(0);
    expect(booked.length).toBeGreaterThan(0);
  });
});
