export { memoryCredentials } from './credentials.ts';
export { memoryDatabase, type MemoryDatabase } from './database.ts';
export { memoryHousekeeping } from './housekeeping.ts';
export { memoryQueries } from './queries.ts';
export { memoryStore } from './store.ts';
export { memoryEndpoints } from './endpoints.ts';
export { memoryOutbox } from './outbox.ts';
