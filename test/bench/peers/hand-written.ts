import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Knex } from 'knex';
import { connect } from '@reslot/adapters/connect';
import { listen } from './listen.ts';
import { moveBody } from './move-body.ts';
import { OUTBOX, REMINDERS } from './tables.ts';

/**
 * The handler that one would write by hand with Hono and Knex: one transaction for each request. It locks the call and
 * its agent, looks for an overlap by the index, updates the call, and writes the event, the reminders and the outbox.
 * With `TABLES=ours` it keeps reminders in the row of the call, and in the outbox only which event it is, as Reslot does.
 */
const ours = process.env.TABLES === 'ours';
const db = connect(process.env.DATABASE_URL ?? '', { poolSize: 16 });

const DAY = 86_400_000;
const MINUTE = 60_000;
const KEY_LIFE = 5_000;
/** No slot is longer: a day, and four hours on both sides. */
const LONGEST = 32 * 60 * MINUTE;
const KINDS = [
  ['24h', DAY],
  ['1h', 60 * MINUTE],
  ['15m', 15 * MINUTE],
] as const;

const keys = new Map<string, { appId: string; digest: Buffer; until: number }>();

async function keyOf(id: string, now: number) {
  const known = keys.get(id);
  if (known && now < known.until) return known;
  const row = await db('reslot_keys').where({ id }).first();
  if (!row) return undefined;
  const key = { appId: row.app_id, digest: Buffer.from(row.secret_digest, 'hex'), until: now + KEY_LIFE };
  keys.set(id, key);
  return key;
}

async function authorized(header: string | undefined, app: string, now: number): Promise<string | undefined> {
  const [id = '', secret = ''] = header?.replace('Bearer ', '').split('.') ?? [];
  const key = await keyOf(id, now);
  const digest = createHash('sha256').update(secret).digest();
  return key && key.appId === app && timingSafeEqual(key.digest, digest) ? id : undefined;
}

type Moved = { status: 404 | 409; error: string } | { status: 200; data: object };

async function move(
  trx: Knex,
  app: string,
  id: string,
  to: number,
  keyId: string,
  why?: string,
): Promise<Moved> {
  const now = Date.now();
  const call = await trx('reslot_calls').where({ app_id: app, id }).forUpdate().first();
  if (!call) return { status: 404, error: 'not_found' };
  if (!['scheduled', 'pending_confirmation', 'confirmed'].includes(call.status))
    return { status: 409, error: 'final_state' };
  await trx('reslot_agents').where({ app_id: app, id: call.agent_id }).forUpdate().first();
  const from = to - call.buffer_before_minutes * MINUTE;
  const until = to + (call.duration_minutes + call.buffer_after_minutes) * MINUTE;
  const taken = await trx('reslot_calls')
    .where({ app_id: app, agent_id: call.agent_id })
    .whereNot({ id })
    .where('busy_from', '>', from - LONGEST)
    .where('busy_from', '<', until)
    .where('busy_to', '>', from)
    .first('busy_from', 'busy_to');
  if (taken) return { status: 409, error: 'slot_taken' };

  const reminders = KINDS.map(([kind, before]) => {
    const skipped = to - before <= now;
    return { kind, fireAt: skipped ? null : to - before, skipped: skipped ? 'already_past' : null };
  });
  const next = {
    starts_at: to,
    busy_from: from,
    busy_to: until,
    updated_at: now,
    version: Number(call.version) + 1,
    last_seq: Number(call.last_seq) + 1,
    ...(ours && { reminders: JSON.stringify(reminders) }),
  };
  await trx('reslot_calls').where({ app_id: app, id }).update(next);
  const event = {
    app_id: app,
    call_id: id,
    seq: next.last_seq,
    version: next.version,
    type: 'rescheduled',
    at: now,
    actor_type: 'api',
    actor_id: keyId,
    source: 'by hand',
    reason: why ?? null,
    body: JSON.stringify({ from: { startsAt: Number(call.starts_at) }, to: { startsAt: to }, reminders }),
  };
  await trx('reslot_call_events').insert(event);
  if (ours) {
    const { call_id: callId, seq, type, at } = event;
    const events = JSON.stringify([{ callId, seq, type, at }]);
    await trx('reslot_waiting_events').insert({ at, app_id: app, many: 1, events });
  } else {
    const rows = reminders.map(({ kind, fireAt, skipped }) => {
      return { app_id: app, call_id: id, kind, fire_at: fireAt, skipped };
    });
    await trx(REMINDERS).where({ app_id: app, call_id: id }).delete();
    await trx(REMINDERS).insert(rows);
    await trx(OUTBOX).insert({ app_id: app, call_id: id, type: event.type, body: event.body, at: now });
  }
  return { status: 200, data: { call: { ...call, ...next }, events: [event] } };
}

const app = new Hono().patch('/api/v1/video/:app/scheduled-calls/:id', async (c) => {
  const { app: appId, id } = c.req.param();
  const keyId = await authorized(c.req.header('Authorization'), appId, Date.now());
  if (keyId === undefined) return c.json({ error: 'unauthorized' }, 401);
  const body = moveBody.safeParse(await c.req.json());
  if (!body.success) return c.json({ error: body.error.issues }, 400);
  const { scheduledAtUtc, reason } = body.data;
  if (scheduledAtUtc <= Date.now()) return c.json({ error: 'in_past' }, 400);
  const moved = await db.transaction((trx) => move(trx, appId, id, scheduledAtUtc, keyId, reason));
  return c.json(moved, moved.status);
});

listen(app.fetch);
