import { connect } from '@reslot/adapters/connect';
import { createApp } from '@reslot/adapters/http';
import { uuidIds } from '@reslot/adapters/ids';
import { knexCredentials, knexQueries, knexStore } from '@reslot/adapters/knex';
import { createScheduler } from '@reslot/core';
import { clientOf, type Api, type Client } from './api.ts';

/** A client of a second server on the API's database, with nothing in common but this and the clock. */
export interface Twin extends Client {
  close(): Promise<void>;
}

export async function openTwin({ engine, clock, appId, secrets }: Api): Promise<Twin> {
  const db = connect(engine.url ?? '');
  const scheduler = createScheduler({ store: knexStore(db), clock, ids: uuidIds });
  const app = createApp({ scheduler, queries: knexQueries(db), credentials: knexCredentials(db), clock });
  return { ...(await clientOf(app, appId, secrets)), close: () => db.destroy() };
}
