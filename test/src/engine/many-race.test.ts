import { createScheduler, MINUTE, type RescheduleCall, type Scheduler } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore } from '@reslot/adapters/knex';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeOnServers, openEngine, type Engine } from '../engines/engines.ts';

const NOW = Date.UTC(2026, 4, 1, 9);
const SLOT = 30 * MINUTE;
const AGENTS = ['ana', 'ben', 'cem'];
const CALLS = Array.from({ length: 46 }, (_, index) => `c${index}`);
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'race' } as const;
const at = (slot: number) => NOW + (2 + slot) * SLOT;

const move = (callId: string, slot: number, rest: RescheduleCall['edits'] = {}): RescheduleCall => ({
  ...told,
  type: 'reschedule',
  callId,
  edits: { startsAt: at(slot), ...rest },
});

/** Two schedulers, each with connections of its own, and many moves at once in each. */
describeOnServers('two schedulers that move many calls at once', (name) => {
  let engine: Engine;
  let db: ReturnType<typeof connect>;
  let both: Scheduler[];

  beforeEach(async () => {
    engine = await openEngine(name);
    db = connect(engine.url ?? '');
    // Small batches, so that those of the two meet often.
    const ports = { clock: fixedClock(NOW), ids: uuidIds, limits: { batch: 3 } };
    both = [engine.store, knexStore(db)].map((store) => createScheduler({ store, ...ports }));
    const [first] = both;
    for (const id of AGENTS) await first?.saveAgent({ agent: { appId: 'app', id, name: id, active: true } });
    const bookings = CALLS.map((callId, index) =>
      first?.execute({
        ...told,
        type: 'create',
        callId,
        startsAt: at(index),
        agentId: AGENTS[index % 3],
        guestName: 'G',
        appTimezone: 'UTC',
      }),
    );
    await Promise.all(bookings);
  });
  afterEach(async () => {
    await db.destroy();
    await engine.close();
  });

  test('never book an agent twice; no change is lost, none is made twice', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, async (_, round) => {
        // Both want the same places at about the same time. Most bulks of the two share no call, so that only the
        // calendars can keep them apart.
        const pair = Math.floor(round / 2);
        const half = (part: number) => (round % 5 === 0 ? part % 2 : round % 2);
        const moves = [0, 1, 2].map((part) =>
          move(
            CALLS[((pair * 7 + part * 11) % 23) * 2 + half(part)] ?? '',
            (pair * 5 + part * 13) % 32,
            pair % 3 === 0 ? { assignment: 'any' } : { agentId: AGENTS[(pair + part) % 3] },
          ),
        );
        return both[round % 2]?.executeMany(moves, round % 2 === (round >> 1) % 2 ? 'atomic' : 'best_effort');
      }),
    );
    const accepted = new Map(CALLS.map((id) => [id, 0]));
    let [events, carriedOut] = [0, 0];
    for (const outcome of outcomes) {
      if (outcome?.kind !== 'together') throw new Error(outcome?.kind);
      expect(outcome.decisions).toHaveLength(3);
      if (!outcome.carriedOut) continue;
      carriedOut += 1;
      for (const decision of outcome.decisions) {
        if (decision.kind !== 'accepted' || decision.events.length === 0) continue;
        accepted.set(decision.call.id, (accepted.get(decision.call.id) ?? 0) + 1);
        events += decision.events.length;
      }
    }
    // There is something to be seen: some are made, and of the atomic ones some are not.
    expect([carriedOut > 150, carriedOut < 300, events > 100]).toEqual([true, true, true]);

    const rows: { id: string; agent_id: string; busy_from: number; busy_to: number; version: number }[] =
      await db('reslot_calls').select('id', 'agent_id', 'busy_from', 'busy_to', 'version');
    expect(rows).toHaveLength(CALLS.length);
    const doubled = rows.flatMap((one) =>
      rows.filter(
        (other) =>
          one.id < other.id &&
          one.agent_id === other.agent_id &&
          one.busy_from < other.busy_to &&
          other.busy_from < one.busy_to,
      ),
    );
    expect(doubled).toEqual([]);
    expect(new Map(rows.map(({ id, version }) => [id, version - 1]))).toEqual(accepted);
    expect(await engine.probe.events('app')).toHaveLength(CALLS.length + events);
  });

  test('that change the places of the same calls all the time are all carried out', async () => {
    const ring = CALLS.slice(0, 3);
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, round) => {
        const moves = ring.map((id, index) => {
          const place = (index + round) % 3;
          return move(id, place, { agentId: AGENTS[place] });
        });
        return both[round % 2]?.executeMany(moves, 'atomic');
      }),
    );
    const refused = outcomes.filter((outcome) => outcome?.kind !== 'together' || !outcome.carriedOut);
    expect(refused).toEqual([]);
    const rows: { agent_id: string; starts_at: number }[] = await db('reslot_calls')
      .select('agent_id', 'starts_at')
      .whereIn('id', ring)
      .orderBy('starts_at');
    expect(rows.map(({ agent_id: agent, starts_at: start }) => [agent, start])).toEqual(
      AGENTS.map((agent, slot) => [agent, at(slot)]),
    );
  });
});
