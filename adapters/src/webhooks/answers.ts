import type { Instant, WebhookOutcome } from '@reslot/core';

const MOST_EXCERPT_BYTES = 1024;
const YEAR_SECONDS = 365 * 24 * 60 * 60;
/** The form of a date that is to be sent (RFC 9110, 5.6.7); the two that are obsolete are not read. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

export interface Received {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly bytes: Uint8Array;
}

/** What an answer means for the delivery. A date in it counts from `at`. */
export function outcomeOf({ status, retryAfter, bytes }: Received, at: Instant): WebhookOutcome {
  const answer = { status, excerpt: excerptOf(bytes) };
  if (status >= 200 && status < 300) return { kind: 'delivered', ...answer };
  if (status === 410) return { kind: 'gone', ...answer };
  const retryAfterSeconds = secondsOf(retryAfter, at);
  return { kind: 'refused', ...answer, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

function secondsOf(retryAfter: string | undefined, at: Instant): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d+$/.test(retryAfter)) return Math.min(Number(retryAfter), YEAR_SECONDS);
  const date = HTTP_DATE.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN;
  if (Number.isNaN(date)) return undefined;
  return Math.min(Math.max(0, Math.ceil((date - at) / 1000)), YEAR_SECONDS);
}

/** Clipped twice: what stands in for a byte that is no UTF-8 is longer than it. */
const excerptOf = (bytes: Uint8Array): string =>
  clipped(
    new TextEncoder().encode(clipped(bytes).replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ')),
  );

/** A character that the end cuts through is left out. */
const clipped = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.subarray(0, MOST_EXCERPT_BYTES), { stream: true });
