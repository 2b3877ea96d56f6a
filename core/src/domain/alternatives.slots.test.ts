import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alternativeSlots, alternativesTo, takingOffer } from './alternatives.ts';
import { ALWAYS } from './availability.ts';
import { bookingOf, type CreateCall } from './commands.ts';
import { decide } from './decide.ts';
import { lookedAt } from './place.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { type Agent } from './agents.ts';
import { Schedule } from './schedule.ts';
import { overlap, slotOf, type Occupied } from './slots.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const IDS = ['ana', 'ben', 'cleo'];
const told = { appId: 'app', actor: { type: 'api', id: 'key' }, source: 'test' } as const;

/** Hours from the wanted time, about: many a week away, where the search ends, and many on the same day. */
const away = fc.oneof(
  fc.integer({ min: -240, max: 240 }),
  fc.integer({ min: 160, max: 190 }),
  fc.integer({ min: -190, max: -160 }),
  fc.integer({ min: -36, max: 36 }),
);
const kept = fc.record({
  agentId: fc.constantFrom('ana', 'ana', 'ben', 'cleo'),
  from: away.map((hours) => NOW + 10 * DAY + hours * 60 * MINUTE),
  minutes: fc.oneof(fc.constant(15), fc.integer({ min: 15, max: 1_900 })),
});
const calls = fc.array(kept, { maxLength: 16 });
const wanted = fc.record({
  startsAt: fc.integer({ min: -8, max: 8 }).map((quarters) => NOW + 10 * DAY + quarters * 15 * MINUTE),
  durationMinutes: fc.constantFrom(15, 60, 1_440),
  bufferBeforeMinutes: fc.constantFrom(0, 240),
  bufferAfterMinutes: fc.constantFrom(0, 240),
});
/** Mostly so long that what is open is far away. */
const off = fc.oneof(fc.constant(0), fc.integer({ min: 158, max: 168 })).map((hours) => ({
  kind: 'blocked' as const,
  from: NOW + 10 * DAY - hours * 60 * MINUTE,
  to: NOW + 10 * DAY + hours * 60 * MINUTE,
}));
const dailyCap = fc.option(
  fc.record({
    calls: fc.constantFrom(1, 1, 2),
    timezone: fc.constantFrom('UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'),
  }),
);

/** What the project promises where CI is set. */
const RUNS = process.env.CI ? 10_000 : 600;

test(
  'alternatives depend on what is loaded for them alone, and each is accepted if it is sent at once',
  { timeout: 300_000 },
  () => {
    let offered = 0;
    fc.assert(
      fc.property(calls, wanted, off, dailyCap, (keeping, length, exception, cap) => {
        const policy: Policy = { ...DEFAULT_POLICY, dailyCap: cap };
        const agents = IDS.map((id): Agent => {
          const exceptions = id === 'ana' ? [exception] : [];
          return {
            appId: 'app',
            id,
            name: id,
            active: true,
            availability: { ...ALWAYS, exceptions },
            turn: 0,
            email: null,
          };
        });
        const occupied = keeping.map(({ agentId, from, minutes }, index): Occupied & { appId: string } => {
          return { appId: 'app', callId: `call-${index}`, agentId, from, to: from + minutes * MINUTE };
        });
        const command: CreateCall = {
          ...told,
          ...length,
          type: 'create',
          callId: 'new',
          guestName: 'G',
          appTimezone: 'UTC',
          agentId: 'ana',
        };
        const place = bookingOf(command);
        const slot = slotOf(place);
        if (!slot) throw new Error('no slot');
        const needed = [
          ...lookedAt(command, { call: undefined, policy, roster: [] }),
          ...alternativeSlots(slot, agents),
        ];
        const loaded = occupied.filter((one) => needed.some((need) => overlap(need, one)));
        const policies = [{ appId: 'app', policy }];
        const offersFrom = (seen: typeof occupied) => {
          return alternativesTo(command, place, new Schedule({ agents, policies, occupied: seen }), NOW);
        };
        const offers = offersFrom(loaded);
        offered += offers.length;
        expect(offers).toEqual(offersFrom(occupied));
        const schedule = new Schedule({ agents, policies, occupied });
        for (const offer of offers) {
          const { kind } = decide(takingOffer(offer, command), schedule, NOW);
          expect(kind).toBe('accepted');
        }
      }),
      { numRuns: RUNS },
    );
    expect(offered).toBeGreaterThan(300);
  },
);
