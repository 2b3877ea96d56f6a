import { Outage } from '@reslot/core';
import pino, { type Logger } from 'pino';
import type { Config } from './config.ts';

/** Structured lines on standard error; standard output is for people and scripts. */
export const createLog = ({ logLevel }: Pick<Config, 'logLevel'>): Logger =>
  pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));

/**
 * Notes an error by name, code and place. Messages stay out of the log, as drivers put statements with their values
 * into them; an outage's message names its fault and nothing else.
 */
export function logError(log: Logger, error: unknown, requestId?: string): void {
  // While a database is away there is one for each request: a line is enough.
  if (error instanceof Outage) log.error({ requestId }, error.message);
  else log.error({ requestId, ...described(error) }, 'unexpected error');
}

function described(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error ? error.code : undefined;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, code, stack: frames?.map((line) => line.trim()) };
}
