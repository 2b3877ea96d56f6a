import { outboxHealth, type OutboxHealth } from '@reslot/adapters/knex';
import { MINUTE, type Instant } from '@reslot/core';
import type { Database } from '../services.ts';
import { ok, problem, warning, type Finding } from './check.ts';

/** A relay looks four times a second, and two seconds after an outage. */
const LONG = 5 * MINUTE;

export const outbox = async (db: Database, now: Instant): Promise<readonly Finding[]> =>
  judgeOutbox(await outboxHealth(db), now);

export function judgeOutbox(
  { events, oldest, deliveries, dead }: OutboxHealth,
  now: Instant,
): readonly Finding[] {
  const waits = oldest === null ? 0 : Math.floor((now - oldest) / MINUTE);
  return [
    oldest !== null && now - oldest >= LONG
      ? problem(
          'outbox',
          `${events} events wait to be told, one for ${waits} minutes: nobody relays, or rows cannot be read`,
          'Run a server with RELAY=on, or `reslot relay`, and look into its log; reminders more than 30 minutes late are skipped.',
        )
      : ok('outbox', `${events} events wait, ${deliveries} deliveries are to be made`),
    dead > 0
      ? warning(
          'deliveries',
          `${dead} were given up`,
          'The column `told` of reslot_deliveries says why; then `reslot webhooks redrive --app ID`.',
        )
      : ok('deliveries', 'none was given up'),
  ];
}
