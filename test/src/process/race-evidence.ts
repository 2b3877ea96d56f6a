import type { connect } from '@reslot/adapters/connect';

/** What a race leaves behind, read from the tables in plain SQL and compared with what the clients were told. */

type Database = ReturnType<typeof connect>;

/** One request of a client: when it was sent and answered, by the client's clock, and what was answered. */
export interface Move {
  readonly callId: string;
  readonly from: number;
  readonly to: number;
  readonly status: number;
  // An answer of the API, success or error.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

const BEFORE = 'starts_at - buffer_before_minutes * 60000';
const AFTER = 'starts_at + (duration_minutes + buffer_after_minutes) * 60000';

/** How many pairs of active calls of one agent overlap at this moment, from the columns that a person would look at. */
export async function pairsNow(db: Database, appId: string): Promise<number> {
  const column = (alias: string, expression: string) =>
    expression.replaceAll(/\b(starts_at|buffer_\w+|duration_\w+)/g, `${alias}.$1`);
  const [[row]] = await db.raw(
    `SELECT COUNT(*) AS pairs FROM reslot_calls a JOIN reslot_calls b
       ON a.app_id = b.app_id AND a.agent_id = b.agent_id AND a.id < b.id
      AND ${column('a', BEFORE)} < ${column('b', AFTER)} AND ${column('b', BEFORE)} < ${column('a', AFTER)}
     WHERE a.app_id = ? AND a.status IN ('scheduled', 'pending_confirmation', 'confirmed', 'started')
       AND b.status IN ('scheduled', 'pending_confirmation', 'confirmed', 'started')`,
    [appId],
  );
  return row.pairs;
}

interface Event {
  readonly seq: number;
  readonly version: number;
  readonly at: number;
  readonly type: string;
  readonly to: { startsAt?: number; agentId?: string };
  readonly from?: { startsAt?: number; agentId?: string };
}

/** A time that a call kept from an agent, and the span in which somebody may have seen it there. */
interface Kept {
  readonly callId: string;
  readonly agentId: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly seenFrom: number;
  readonly seenTo: number;
}

async function timelines(db: Database, appId: string): Promise<Map<string, Event[]>> {
  const rows = await db('reslot_call_events').where({ app_id: appId }).orderBy(['call_id', 'seq']);
  const found = new Map<string, Event[]>();
  for (const { call_id, seq, version, at, type, body } of rows) {
    found.set(call_id, [...(found.get(call_id) ?? []), { seq, version, at, type, ...JSON.parse(body) }]);
  }
  return found;
}

/** Calls whose events or versions are not 1, 2, 3 …, or whose states do not follow from each other. */
export async function gapsIn(db: Database, appId: string): Promise<string[]> {
  const rows = await db('reslot_calls').where({ app_id: appId });
  const events = await timelines(db, appId);
  return rows.flatMap(({ id, version, last_seq, starts_at, agent_id }) => {
    const told = events.get(id) ?? [];
    let state: { startsAt?: number; agentId?: string } = {};
    const chained = told.every(({ seq, from, to }, index) => {
      const follows = Object.entries(from ?? {}).every(([field, value]) =>
        Object.entries(state).some(([known, now]) => known === field && now === value),
      );
      state = { ...state, ...to };
      return seq === index + 1 && follows;
    });
    const versions = [...new Set(told.map((event) => event.version))];
    const whole =
      versions.every((one, index) => one === index + 1) &&
      versions.length === version &&
      told.length === last_seq &&
      state.startsAt === starts_at &&
      state.agentId === agent_id;
    return chained && whole ? [] : [id];
  });
}

/**
 * Compares what clients were told with what is stored: refusals that name a slot that nobody kept in the time of the
 * request, accepted moves that are not in the timeline, and changes in the timeline that nobody was told of.
 */
export async function agentHistory(
  db: Database,
  appId: string,
  moves: readonly Move[],
): Promise<{ unjustified: Move[]; untold: string[]; invented: string[] }> {
  const events = await timelines(db, appId);
  const rows = await db('reslot_calls').where({ app_id: appId });
  const answered = new Map(
    moves
      // A PATCH that changes nothing is answered with the version that is; another one made it.
      .filter(({ status, body }) => status === 200 && body.data.events.length > 0)
      .map((move) => [`${move.callId}:${move.body.data.call.version}`, move]),
  );

  const kept = rows.flatMap(({ id, duration_minutes, buffer_before_minutes, buffer_after_minutes }) => {
    const told = events.get(id) ?? [];
    const versions = [...new Set(told.map(({ version }) => version))];
    let startsAt = 0;
    let agentId: string | undefined;
    return versions.map((version): Kept => {
      const made = told.filter((event) => event.version === version);
      for (const { to } of made) {
        startsAt = to.startsAt ?? startsAt;
        agentId = to.agentId ?? agentId;
      }
      return {
        callId: id,
        agentId,
        from: startsAt - buffer_before_minutes * 60_000,
        to: startsAt + (duration_minutes + buffer_after_minutes) * 60_000,
        // Decided at `at`, committed after it; gone, at the latest, when the next change was answered.
        seenFrom: made[0]?.at ?? 0,
        seenTo: answered.get(`${id}:${version + 1}`)?.to ?? Infinity,
      };
    });
  });

  const isJustified = ({ callId, from, to, body }: Move): boolean => {
    const { agentId, startUtc, endUtc } = body.error.details.conflict;
    return kept.some(
      (slot) =>
        slot.callId !== callId &&
        slot.agentId === agentId &&
        slot.from === Date.parse(startUtc) &&
        slot.to === Date.parse(endUtc) &&
        slot.seenFrom <= to &&
        slot.seenTo >= from,
    );
  };

  const stored = new Set(
    [...events].flatMap(([id, told]) =>
      told.filter(({ type }) => type !== 'created').map(({ seq }) => `${id}:${seq}`),
    ),
  );
  const told = new Set(
    [...answered.values()].flatMap(({ body }) => body.data.events.map(({ id }: { id: string }) => id)),
  );
  return {
    unjustified: moves.filter((move) => move.status === 409 && !isJustified(move)),
    untold: [...stored].filter((id) => !told.has(id)),
    invented: [...told].filter((id) => !stored.has(id)),
  };
}
