import type { AppId } from './call.ts';
import { DAY, type Instant } from './time.ts';

/** What makes a request that comes twice be carried out once. */

/** Names a request of a caller. */
export interface RequestKey {
  readonly appId: AppId;
  /** Whose key it is: two callers may choose the same one. */
  readonly principal: string;
  /** SHA-256 of the key, in hexadecimal. */
  readonly digest: string;
}

/** What was answered to a request, kept in the transaction that carried it out. */
export interface RequestRecord extends RequestKey {
  /** SHA-256 of all that was asked, in hexadecimal: another request with the same key is a mistake. */
  readonly fingerprint: string;
  /** In the caller's own form. */
  readonly answer: string;
  readonly expiresAt: Instant;
}

/** Milliseconds for which a record is kept. */
export const REQUEST_LIFETIME = DAY;

/** The answer was given before; nothing was changed this time. */
export interface Replayed {
  readonly kind: 'replayed';
  readonly answer: string;
}

/** The key was used for another request. */
export interface KeyReused {
  readonly kind: 'key_reused';
}

/** What a request that was answered before is answered again; undefined when it has to be judged. */
export function replayOf(
  record: RequestRecord | undefined,
  fingerprint: string,
  now: Instant,
): Replayed | KeyReused | undefined {
  if (!record || now >= record.expiresAt) return undefined;
  if (record.fingerprint !== fingerprint) return { kind: 'key_reused' };
  return { kind: 'replayed', answer: record.answer };
}
