import { Outage } from '@reslot/core';

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
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    throw new Outage(`database: ${fault}`, { cause: error, uncertain: uncertain() });
  }
}

function faultOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // What mysql2 says of a connection that has gone has no code.
  if ('fatal' in error && error.fatal === true) return 'the connection has gone';
  return error.name === 'KnexTimeoutError' || /acquir/i.test(error.message) ? 'no connection' : undefined;
}
