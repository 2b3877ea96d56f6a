import type { AppId } from '../domain/call.ts';
import type { Instant } from '../domain/time.ts';
import type { Scope } from './credentials.ts';

/** The port that checks bearer tokens which somebody else has issued. */

/** Whom a token speaks for, as its issuer says. */
export interface TokenHolder {
  readonly appId: AppId;
  /** Lands in the timeline where a key's id does: an id, and none that a key could have. */
  readonly subject: string;
  /** Those that are known here; others give no right. */
  readonly scopes: readonly Scope[];
  /** The token is good before it. */
  readonly expiresAt: Instant;
}

export interface TokenVerifier {
  /**
   * Settles within a bound of its own. `undecided`: what tokens are checked with cannot be had for now, so the token may be
   * good; whoever asks again later may be told. Rejects only for a mistake of ours.
   */
  verify(token: string): Promise<TokenHolder | 'invalid' | 'undecided'>;
}
