import type { WebhookFault, WebhookOutcome } from '@reslot/core';
import { errors } from 'undici';
import { PrivateAddress, UnknownName } from './connecting.ts';
import { PRIVATE } from './urls.ts';

/** By the code of an error, the first that fits. */
const FAULTS: [codes: RegExp, fault: WebhookFault][] = [
  [/^UND_ERR_CONNECT_TIMEOUT$/, 'timeout'],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'protocol'],
  [/^UND_ERR_(?!INVALID)/, 'connection'],
  [/^(EPROTO$|ERR_SSL_|ERR_TLS_)/, 'tls'],
  // Those of the system are one word, those of certificates several.
  [/^E[A-Z0-9]+$/, 'connection'],
  [/^(?!ERR_|UND_)[A-Z]+_/, 'tls'],
];

/** What a failed exchange is to the relay. Throws what no receiver can be the cause of. */
export function failureOf(error: unknown): WebhookOutcome {
  if (error instanceof PrivateAddress) return { kind: 'forbidden', message: PRIVATE };
  if (error instanceof UnknownName) return { kind: 'unreachable', fault: 'dns' };
  // Not every one has a code.
  if (error instanceof errors.HTTPParserError) return { kind: 'unreachable', fault: 'protocol' };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [, fault] = FAULTS.find(([codes]) => codes.test(code)) ?? [];
  if (fault === undefined) throw error;
  return { kind: 'unreachable', fault };
}
