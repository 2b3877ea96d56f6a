import { Outage } from '@reslot/core';
import { databaseTlsFault } from './tls.ts';

/**
 * Runs `work`. What a driver or the pool throws becomes an `Outage`, without the statement and the values that they
 * put into their messages; a mistake in the program stays what it is.
 */
export async function orOutage<Result>(
  work: () => Promise<Result>,
  uncertain = () => false,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const fault = databaseFault(error);
    if (fault === undefined) throw error;
    throw new Outage(`database: ${fault}`, { cause: error, uncertain: uncertain() });
  }
}

/** What keeps the database from answering, in a word or a few, without what it was asked; undefined where it is a mistake in the program. */
export function databaseFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const fault = databaseTlsFault(error);
  if (fault !== undefined) return fault;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // What mysql2 says of a connection that has gone has no code.
  if ('fatal' in error && error.fatal === true) return 'the connection has gone';
  return error.name === 'KnexTimeoutError' || /acquir/i.test(error.message) ? 'no connection' : undefined;
}
