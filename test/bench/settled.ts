import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '@reslot/adapters/connect';

/** Pages of 16 KiB that are written in a moment. */
const FEW = 100;
/** Milliseconds. */
const STEP = 100;
const MOST_STEPS = 60;

/**
 * Waits until the database server has written the pages that were changed there: for a second or two after a load it does,
 * and the syncs of whoever comes next would wait for it.
 */
export async function settled(databaseUrl: string): Promise<void> {
  if (databaseUrl.startsWith('sqlite:')) return;
  const db = connect(databaseUrl);
  try {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const [[row] = []] = await db.raw<[{ Value: string }[]]>(
        "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'",
      );
      if (Number(row?.Value) <= FEW) return;
      await wait(STEP);
    }
  } finally {
    await db.destroy();
  }
}
