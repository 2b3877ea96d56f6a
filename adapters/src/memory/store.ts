import {
  DEFAULT_POLICY,
  MOST_IN_ROSTER,
  occupancy,
  overlap,
  type Agent,
  type Call,
  type Changes,
  type Claim,
  type Hold,
  type Known,
  type Need,
  type RequestKey,
  type RequestRecord,
  type ScheduleStore,
  type Slot,
} from '@reslot/core';
import { agentIn, memoryDatabase, rowKey, type MemoryDatabase } from './database.ts';

/** What was loaded: agents, how often time of each had been taken, records of requests. */
interface Loaded {
  readonly agents: ReadonlyMap<string, { agent: Agent | undefined; taken: number }>;
  readonly requests: ReadonlyMap<string, RequestRecord | undefined>;
  readonly holds: ReadonlySet<Hold>;
}

const requestKey = ({ appId, principal, digest }: RequestKey) => `${appId}/${principal}/${digest}`;

/** The reference model of the store: what the contract means. Each method is one synchronous step. */
export function memoryStore(db: MemoryDatabase = memoryDatabase()): ScheduleStore<Loaded> {
  return {
    async load(needs) {
      const keys = needs.flatMap((need) => agentKeys(db, need));
      const requests = needs.flatMap(({ request }) => request ?? []);
      const holds = [...db.holds.values()].filter(
        ({ appId, id, agentId }) =>
          keys.includes(rowKey(appId, agentId)) ||
          needs.some((need) => need.appId === appId && need.holdId === id),
      );
      return {
        version: {
          agents: new Map(
            keys.map((id) => [id, { agent: db.agents.get(id), taken: db.calendars.get(id) ?? 0 }]),
          ),
          holds: new Set(holds),
          requests: new Map(requests.map((key) => [requestKey(key), db.requests.get(requestKey(key))])),
        },
        calls: needs.flatMap((need) => callsOf(db, need)),
        agents: keys.flatMap((id) => agentIn(db, id) ?? []),
        roster: needs.flatMap(({ appId, roster }) => (roster ? rosterOf(db, appId) : [])),
        occupied: needs.flatMap((need) => occupiedIn(db, need)),
        policies: needs.flatMap(({ appId }) => {
          const policy = db.policies.get(appId);
          return policy ? [{ appId, policy }] : [];
        }),
        holds,
        requests: requests.flatMap((key) => db.requests.get(requestKey(key)) ?? []),
      };
    },

    async commit(loaded, changes) {
      if (isStale(db, loaded, changes)) return 'conflict';
      for (const { call, events } of changes.calls) {
        const id = rowKey(call.appId, call.id);
        db.calls.set(id, call);
        db.events.set(id, [...(db.events.get(id) ?? []), ...events]);
      }
      const written = changes.calls.flatMap(({ events }) => events);
      for (const app of new Set(written.map(({ appId }) => appId))) {
        db.outbox.set(
          (db.lastPlace += 1),
          written.filter(({ appId }) => appId === app),
        );
      }
      for (const { appId, agentId } of changes.claimed) {
        const id = rowKey(appId, agentId);
        db.calendars.set(id, (db.calendars.get(id) ?? 0) + 1);
      }
      for (const { appId, id } of changes.dropped) db.holds.delete(rowKey(appId, id));
      for (const hold of changes.placed) db.holds.set(rowKey(hold.appId, hold.id), hold);
      for (const { appId, agentId, turn } of changes.turns) db.turns.set(rowKey(appId, agentId), turn);
      for (const agent of changes.agents) db.agents.set(rowKey(agent.appId, agent.id), agent);
      for (const { appId, policy } of changes.policies) db.policies.set(appId, policy);
      for (const request of changes.requests) db.requests.set(requestKey(request), request);
      return 'committed';
    },
  };
}

const callsOf = (db: MemoryDatabase, { appId, callId, seriesId }: Need): Call[] => [
  ...[stored(db, appId, callId)].flatMap((call) => call ?? []),
  ...(seriesId === undefined
    ? []
    : [...db.calls.values()].filter((call) => call.appId === appId && call.series?.id === seriesId)),
];

const stored = (db: MemoryDatabase, appId: string, callId: string | undefined) =>
  callId === undefined ? undefined : db.calls.get(rowKey(appId, callId));

const rosterOf = (db: MemoryDatabase, appId: string): Agent[] =>
  [...db.agents.keys()]
    .flatMap((id) => agentIn(db, id) ?? [])
    .filter((agent) => agent.appId === appId && agent.active)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, MOST_IN_ROSTER);

function slotsOf(db: MemoryDatabase, { appId, callId, roster, calendars }: Need): readonly Slot[] {
  const known: Known = {
    call: stored(db, appId, callId),
    policy: db.policies.get(appId) ?? DEFAULT_POLICY,
    roster: roster ? rosterOf(db, appId) : [],
  };
  return calendars?.(known) ?? [];
}

const occupiedIn = (db: MemoryDatabase, need: Need) =>
  slotsOf(db, need).flatMap((slot) =>
    [...db.calls.values()].flatMap((call) => {
      const kept = call.appId === need.appId ? occupancy(call) : null;
      return kept && overlap(kept, slot) ? [{ ...kept, appId: need.appId, callId: call.id }] : [];
    }),
  );

function agentKeys(db: MemoryDatabase, need: Need): string[] {
  const named = need.agentId === undefined ? [] : [need.agentId];
  const ofRoster = need.roster ? rosterOf(db, need.appId).map(({ id }) => id) : [];
  const ofSlots = slotsOf(db, need).map(({ agentId }) => agentId);
  return [...named, ...ofRoster, ...ofSlots].map((id) => rowKey(need.appId, id));
}

const isTaken = (db: MemoryDatabase, claim: Claim, { calls }: Changes): boolean =>
  [...db.calls.values()].some((call) => {
    const kept = call.appId === claim.appId ? occupancy(call) : null;
    const changes = calls.some((changed) => changed.call.appId === call.appId && changed.call.id === call.id);
    return kept && !changes && call.id !== claim.callId && overlap(kept, claim);
  });

const isStale = (db: MemoryDatabase, loaded: Loaded, changes: Changes): boolean =>
  changes.calls.some(({ call, events }) => {
    const seq = stored(db, call.appId, call.id)?.lastSeq ?? 0;
    return events[0]?.seq !== seq + 1;
  }) ||
  changes.reliedOn.some(({ appId, id, lastSeq }) => stored(db, appId, id)?.lastSeq !== lastSeq) ||
  changes.agents.some(
    ({ appId, id }) => db.agents.get(rowKey(appId, id)) !== loaded.agents.get(rowKey(appId, id))?.agent,
  ) ||
  changes.requests.some(
    (request) => db.requests.get(requestKey(request)) !== loaded.requests.get(requestKey(request)),
  ) ||
  changes.claimed.some((claim) =>
    [...db.holds.values()].some(
      (hold) => hold.appId === claim.appId && overlap(hold, claim) && !loaded.holds.has(hold),
    ),
  ) ||
  changes.claimed.some((claim) => {
    const id = rowKey(claim.appId, claim.agentId);
    const agent = db.agents.get(id);
    const before = loaded.agents.get(id);
    const isNew = changes.agents.some((one) => rowKey(one.appId, one.id) === id);
    return (
      (!agent && !isNew) ||
      agent !== before?.agent ||
      (claim.alone === true && (db.calendars.get(id) ?? 0) !== before?.taken) ||
      isTaken(db, claim, changes)
    );
  });
