import type { Changes, Hold } from '@reslot/core';
import type { Knex } from 'knex';
import { keyIn } from './keys.ts';
import type { Write } from './round-trips.ts';
import { TABLES, toHoldRow, type HoldRow } from './rows.ts';

/** The statements of holds. Their table is small: each is over after minutes, and is removed then. */

/** What one hold differs in from another, also from one that is placed anew under its id. */
export const holdKey = ({ appId, id, agentId, from, to, expiresAt }: Hold): string =>
  [appId, id, agentId, from, to, expiresAt].join('/');

/** All holds of these agents. */
export const holdsOf = (
  db: Knex,
  agents: readonly { readonly appId: string; readonly agentId: string }[],
): Knex.QueryBuilder =>
  db<HoldRow>(TABLES.holds)
    .select()
    .where(
      keyIn(
        agents.map(({ appId, agentId }) => ({ appId, id: agentId })),
        'agent_id',
      ),
    );

/** Those that are dropped go first: a hold may be placed again under its id. */
export const holdWrites = (db: Knex, { placed, dropped }: Changes): Write[] => [
  ...dropped.map(({ appId, id }) => ({
    statement: db<HoldRow>(TABLES.holds).where({ app_id: appId, id }).delete(),
  })),
  ...(placed.length === 0 ? [] : [{ statement: db<HoldRow>(TABLES.holds).insert(placed.map(toHoldRow)) }]),
];
