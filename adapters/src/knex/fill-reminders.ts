import { isMovable, STATUSES, type Reminder } from '@reslot/core';
import type { Knex } from 'knex';
import type { CallRow } from './call-rows.ts';
import { databaseNow } from './outbox-reads.ts';
import { TABLES } from './rows.ts';

const STEP = 500;

/**
 * Says of calls that were booked before the column was there when their next reminder is due. Reminders whose time has passed by
 * then are nobody's any more: they do not fire all at once.
 */
export async function fillReminders(db: Knex): Promise<void> {
  const now = await databaseNow(db);
  let after: Pick<CallRow, 'app_id' | 'id'> | undefined;
  for (;;) {
    const rows = await page(db, now, after);
    for (const { app_id, id, reminders } of rows) {
      const plan: Reminder[] = JSON.parse(reminders);
      const ahead = plan.flatMap(({ fireAt }) => (fireAt !== null && fireAt > now ? [fireAt] : []));
      if (ahead.length === 0) continue;
      await db<CallRow>(TABLES.calls)
        .where({ app_id, id })
        .update({ next_reminder_at: Math.min(...ahead) });
    }
    after = rows.at(-1);
    if (rows.length < STEP || !after) return;
  }
}

async function page(
  db: Knex,
  now: number,
  after: Pick<CallRow, 'app_id' | 'id'> | undefined,
): Promise<CallRow[]> {
  const rows = db<CallRow>(TABLES.calls)
    .whereIn('status', STATUSES.filter(isMovable))
    .where('starts_at', '>', now)
    .whereNull('next_reminder_at');
  if (after) {
    const { app_id: appId, id } = after;
    rows.where((later) => {
      later.where('app_id', '>', appId).orWhere((same) => {
        same.where('app_id', appId).where('id', '>', id);
      });
    });
  }
  return rows.orderBy(['app_id', 'id']).limit(STEP);
}
