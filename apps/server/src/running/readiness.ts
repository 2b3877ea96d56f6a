import type { Readiness } from '@reslot/adapters/http';
import { checkWritable, migrationState } from '@reslot/adapters/knex';
import type { Clock } from '@reslot/core';
import type { Database } from '../services.ts';

/** Whether the process can serve. */
export interface ReadinessSwitch {
  readonly check: () => Promise<Readiness>;
  /** From now on it cannot: it is stopping. */
  readonly drain: () => void;
}

/** Anybody may ask, so the database is asked at most once in so many milliseconds. */
const LIFE = 1_000;

export function createReadiness(database: Database, clock: Clock): ReadinessSwitch {
  let stopping = false;
  let migrated = false;
  let known: { readonly answer: Promise<Readiness>; readonly until: number } | undefined;

  async function ask(): Promise<Readiness> {
    try {
      // Migrations are not undone while a server runs.
      migrated ||= (await migrationState(database)).pending.length === 0;
      await checkWritable(database);
      return {
        ready: migrated,
        details: { database: 'writable', migrations: migrated ? 'current' : 'pending' },
      };
    } catch {
      return { ready: false, details: { database: 'cannot be written' } };
    }
  }

  return {
    async check() {
      if (stopping) return { ready: false, details: { process: 'stopping' } };
      const now = clock.now();
      if (!known || now >= known.until) known = { answer: ask(), until: now + LIFE };
      return known.answer;
    },
    drain() {
      stopping = true;
    },
  };
}
