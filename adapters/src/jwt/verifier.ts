import { fields, SCOPES, type Clock, type Scope, type TokenHolder, type TokenVerifier } from '@reslot/core';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { createKeySet, KeysAway, type JwksSource } from './key-set.ts';

/** Asymmetric ones alone (RFC 7518, 3.1; RFC 8037; RFC 9864): a key that everybody may read must not sign. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface JwtOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly Algorithm[];
  readonly jwks: JwksSource;
  /** How far the issuer's clock may be off. */
  readonly toleranceSeconds: number;
  /** The claim with the id of the app. */
  readonly appClaim: string;
  /** The claim with the scopes: with spaces between them (RFC 8693, 4.2), or a list. */
  readonly scopeClaim: string;
  /** The claim that says who asks. */
  readonly subjectClaim: string;
  /** What the header has to say of its type, such as `at+jwt` (RFC 9068); without it, anything. */
  readonly type?: string | undefined;
  readonly clock: Clock;
  /** Told when the keys cannot be read, at most every half minute. */
  readonly report: (error: unknown) => void;
}

/** Checks JSON Web Tokens (RFC 7519) as RFC 8725 says. */
export function createTokenVerifier(options: JwtOptions): TokenVerifier {
  const { issuer, audience, algorithms, jwks, toleranceSeconds, type, clock, report } = options;
  const keys = createKeySet(jwks, clock, report);
  const checks = {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance: toleranceSeconds,
    ...(type !== undefined && { typ: type }),
  };
  const claimsOf = async (token: string): Promise<JWTPayload | 'invalid' | 'undecided'> => {
    const currentDate = new Date(clock.now());
    try {
      return (await jwtVerify(token, keys, { ...checks, currentDate })).payload;
    } catch (error) {
      if (error instanceof KeysAway) return 'undecided';
      if (error instanceof errors.JOSEError) return 'invalid';
      throw error;
    }
  };

  return {
    async verify(token) {
      const claims = await claimsOf(token);
      return typeof claims === 'string' ? claims : (holderOf(claims, options) ?? 'invalid');
    },
  };
}

/** jose has looked at what it knows; the claims that it would do without have to be there too. */
function holderOf(claims: JWTPayload, options: JwtOptions): TokenHolder | undefined {
  const [appId, subject] = [claims[options.appClaim], claims[options.subjectClaim]];
  if (typeof appId !== 'string' || fields.uuid(appId) !== undefined) return undefined;
  if (typeof subject !== 'string' || fields.id(subject) !== undefined || isOfKeys(subject)) return undefined;
  const end = claims.exp;
  if (end === undefined) return undefined;
  return {
    appId: appId.toLowerCase(),
    subject,
    scopes: scopesOf(claims[options.scopeClaim]),
    expiresAt: (end + options.toleranceSeconds) * 1000,
  };
}

/** What a key is called; an issuer must not speak as one. */
const isOfKeys = (subject: string): boolean => subject.startsWith('key_');

function scopesOf(claim: unknown): Scope[] {
  const named: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return SCOPES.filter((scope) => named.includes(scope));
}
