import { liveKeys, type LiveKey } from '@reslot/adapters/knex';
import { DAY, type Instant } from '@reslot/core';
import type { Config } from '../config/config.ts';
import { DEMO_NAME } from '../commands/demo.ts';
import type { Database } from '../services.ts';
import { ok, problem, warning, type Finding } from './check.ts';
import { isReached } from './loopback.ts';

/** More are not looked at. */
const MOST = 10_000;
const MOST_NAMED = 5;
const UNUSED = 90 * DAY;

export const keys = async (db: Database, config: Config, now: Instant): Promise<readonly Finding[]> => {
  const live = await liveKeys(db, now, MOST);
  return [demoKeys(live, config), lives(live, now)];
};

/** The token of a demo was printed, and is in whatever keeps the output of a start. */
function demoKeys(live: readonly LiveKey[], config: Config): Finding {
  const name = 'demo';
  const demo = live.filter(({ appName }) => appName === DEMO_NAME).map(({ id }) => id);
  if (demo.length === 0) return ok(name, `no key of an app called ${DEMO_NAME} lets anybody in`);
  const found = `keys of an app called ${DEMO_NAME} let in who has seen the output of its start: ${named(demo)}`;
  const todo = 'Revoke them before others reach the server: `reslot keys revoke KEY`.';
  return isReached(config) ? problem(name, found, todo) : warning(name, found, todo);
}

/** A key without an end is what programs have: it is told, and is no fault. */
function lives(live: readonly LiveKey[], now: Instant): Finding {
  const endless = live.filter(({ expiresAt }) => expiresAt === null);
  const idle = live.filter(({ createdAt, lastUsedAt }) => (lastUsedAt ?? createdAt) <= now - UNUSED);
  const many = live.length === MOST ? `${MOST} or more` : `${live.length}`;
  return ok(
    'keys',
    [
      `${many} in force`,
      `${endless.length} without an end`,
      `${idle.length} not used for 90 days${idle.length > 0 ? `: ${named(idle.map(({ id }) => id))}` : ''}`,
    ].join(', '),
  );
}

const named = (ids: readonly string[]): string =>
  ids.length > MOST_NAMED
    ? `${ids.slice(0, MOST_NAMED).join(', ')} and ${ids.length - MOST_NAMED} more`
    : ids.join(', ');
