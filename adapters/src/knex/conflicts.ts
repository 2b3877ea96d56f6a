import { Outage } from '@reslot/core';

/** Thrown inside a transaction to undo it: an agent is not as it was loaded, or its time has been taken. */
export class StaleError extends Error {
  override readonly name = 'StaleError';
}

/** Errors that say: another writer was faster, nothing was written, load and decide again. */
const CODES = new Set([
  'ER_DUP_ENTRY',
  'ER_LOCK_DEADLOCK',
  // Somebody holds a row for longer than a commit takes: the others of the batch should not wait with the one.
  'ER_LOCK_WAIT_TIMEOUT',
  // MariaDB with innodb_snapshot_isolation: the row has changed since the snapshot.
  'ER_CHECKREAD',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
]);

export function isConflict(error: unknown): boolean {
  if (error instanceof StaleError) return true;
  if (error instanceof Outage) return isConflict(error.cause);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && CODES.has(error.code);
}
