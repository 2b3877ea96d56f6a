export { knexCredentials } from './credentials.ts';
export { checkWritable } from './health.ts';
export { migrate, pendingMigrations } from './migrate.ts';
export { knexQueries } from './queries.ts';
export { knexHousekeeping } from './housekeeping.ts';
export { knexStore } from './store.ts';
