/** Both HTTP APIs inside somebody else's Hono app. */
import { systemClock } from '@reslot/adapters/clock';
import { createApp } from '@reslot/adapters/http';
import { uuidIds } from '@reslot/adapters/ids';
import { memoryCredentials, memoryDatabase, memoryQueries, memoryStore } from '@reslot/adapters/memory';
import { createScheduler } from '@reslot/core';
import { Hono } from 'hono';

const db = memoryDatabase();
const scheduling = createApp({
  scheduler: createScheduler({ store: memoryStore(db), clock: systemClock, ids: uuidIds }),
  queries: memoryQueries(db),
  credentials: memoryCredentials(db),
  clock: systemClock,
});

export const host = new Hono()
  .get('/', (c) => c.text('my own page'))
  .mount('/scheduling', (request) => scheduling.fetch(request));
