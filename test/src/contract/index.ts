/** The obligations of the ports as vitest suites, for the adapters of this project and for anybody's own. */
export { credentialStoreContract, type CredentialsHarness } from './credential-store.ts';
export { housekeepingContract, type HousekeepingHarness } from './housekeeping.ts';
export { outboxContract, type OutboxHarness } from './outbox.ts';
export { scheduleQueriesContract, type QueriesHarness } from './schedule-queries.ts';
export { scheduleStoreContract, type StoreHarness, type StoreProbe } from './schedule-store.ts';
