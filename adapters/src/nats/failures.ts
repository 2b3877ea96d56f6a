import type { PublishFault, PublishOutcome } from '@reslot/core';
import { JetStreamApiCodes, JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import {
  AuthorizationError,
  ClosedConnectionError,
  ConnectionError,
  InvalidArgumentError,
  NoRespondersError,
  PermissionViolationError,
  ProtocolError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';

export type Failure = Exclude<PublishOutcome, { kind: 'published' }>;

const unreachable = (fault: PublishFault): Failure => ({ kind: 'unreachable', fault });

export const TIMED_OUT = unreachable('timeout');

const NOBODY_KEEPS_IT: ReadonlySet<number> = new Set([
  JetStreamApiCodes.JetStreamNotEnabledForAccount,
  JetStreamApiCodes.StreamNotFound,
]);

/** By the code of an error of the system, the first that fits. */
const FAULTS: [codes: RegExp, fault: PublishFault][] = [
  [/^(ENOTFOUND|EAI_.*|ENODATA)$/, 'dns'],
  [/^(EPROTO$|ERR_SSL_|ERR_TLS_)/, 'tls'],
  [/^E[A-Z0-9]+$/, 'connection'],
  // Those of certificates are several words.
  [/^(?!ERR_)[A-Z]+_/, 'tls'],
];

/** What a failed attempt is to who publishes. Throws what no broker can be the cause of. */
export function failureOf(error: unknown): Failure {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const failure = ofOne(cause);
    if (failure) return failure;
  }
  if (error instanceof RequestError || error instanceof ConnectionError) return unreachable('connection');
  throw error;
}

/** By what an error is itself; what is behind it may say more. */
function ofOne(error: Error): Failure | undefined {
  if (error instanceof NoRespondersError) return unreachable('no_stream');
  if (error instanceof JetStreamApiError) {
    return NOBODY_KEEPS_IT.has(error.code)
      ? unreachable('no_stream')
      : { kind: 'refused', message: error.message };
  }
  if (error instanceof PermissionViolationError) return { kind: 'refused', message: error.message };
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError)
    return unreachable('credentials');
  if (error instanceof TimeoutError) return TIMED_OUT;
  if (error instanceof ClosedConnectionError) return unreachable('connection');
  // Larger than the broker has told that it takes.
  if (error instanceof InvalidArgumentError) return { kind: 'refused', message: error.message };
  // Of those without a class of their own this one is no broken connection.
  if (error instanceof ConnectionError && error.message.endsWith(`'tls'`)) return unreachable('tls');
  // What is no answer: no acknowledgement, or no JSON.
  if (error instanceof ProtocolError || error instanceof JetStreamError || error instanceof SyntaxError)
    return unreachable('protocol');
  const code = 'code' in error ? String(error.code) : '';
  const [, fault] = FAULTS.find(([codes]) => codes.test(code)) ?? [];
  return fault && unreachable(fault);
}
