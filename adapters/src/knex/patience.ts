/**
 * Connections on which a statement may take as long as it takes: a migration waits for its turn, and an index is built.
 * An object of its own, as knex copies its clients.
 */
export const patient = new WeakSet<object>();

/** Milliseconds that a statement waits for SQLite's lock. The wait blocks the thread, so it is short. */
export const SQLITE_LOCK_WAIT = 1_000;
