import type { Served } from '@reslot/adapters/http';
import { Outage } from '@reslot/core';
import pino, { type Logger } from 'pino';
import type { Config } from './config/config.ts';

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

/** Notes a request by what we know of it; of what it brought only its id. */
export function logRequest(
  log: Logger,
  { requestId, method, route, status }: Served,
  milliseconds: number,
): void {
  log.debug({ requestId, method, route, status, milliseconds }, 'answered');
}

function described(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const { name, message, stack = '' } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // A message may have lines that look like frames, and drivers put statements before it that the stack does not have.
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line) && !message.includes(line));
  return { error: name, code, stack: frames.map((line) => line.trim()) };
}

/** A mistake that nobody has caught is noted as any other; Node itself would print its message. The process ends. */
export function endOnMistakes(log: Logger): void {
  process.on('uncaughtException', (error) => {
    logError(log, error);
    process.exit(1);
  });
}
