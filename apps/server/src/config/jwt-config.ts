import { ALGORITHMS } from '@reslot/adapters/jwt';
import { z } from 'zod';
import { Mistake } from '../commands/mistake.ts';

const algorithms = z
  .string()
  .transform((list) => list.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(ALGORITHMS)).min(1, 'must name an algorithm'));

const claim = z.string().max(200, 'must not be longer than 200 characters');

/** A path, or a URL that `fetch` takes as it is. */
const jwks = z
  .string()
  .refine(
    (where) => !where.includes('://') || (/^https?:\/\/[^/@]+(\/|$)/.test(where) && URL.canParse(where)),
    'must be the path of a file, or an http:// or https:// URL without credentials',
  );

/** The variables about tokens that somebody else has issued. */
export const JWT_VARIABLES = {
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_JWKS: jwks.optional(),
  JWT_ALGORITHMS: algorithms.default(['RS256', 'ES256']),
  JWT_TOLERANCE_SECONDS: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a number of seconds from 0 to 300')
    .transform(Number)
    .refine((seconds) => seconds <= 300, 'must be a number of seconds from 0 to 300')
    .default(30),
  JWT_APP_CLAIM: claim.default('app_id'),
  JWT_SCOPE_CLAIM: claim.default('scope'),
  JWT_SUBJECT_CLAIM: claim.default('sub'),
  JWT_TYPE: z.string().optional(),
};

const whole = z.object(JWT_VARIABLES);

/** How such tokens are checked. */
export interface JwtConfig {
  readonly issuer: string;
  readonly audience: string;
  /** A URL, or the path of a file. */
  readonly jwks: string;
  readonly algorithms: z.output<typeof algorithms>;
  readonly toleranceSeconds: number;
  readonly appClaim: string;
  readonly scopeClaim: string;
  readonly subjectClaim: string;
  readonly type: string | undefined;
}

/** Undefined where no token of anybody else is taken; throws a Mistake where only a part of it is set. */
export function jwtOf(data: z.output<typeof whole>): JwtConfig | undefined {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS: where } = data;
  const needed = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS: where };
  if (issuer === undefined || audience === undefined || where === undefined) {
    if (Object.values(needed).every((value) => value === undefined)) return undefined;
    const missing = Object.entries(needed).find(([, value]) => value === undefined)?.[0];
    throw new Mistake(`${missing}: must be set, with the other two of ${Object.keys(needed).join(', ')}`);
  }
  return {
    issuer,
    audience,
    jwks: where,
    algorithms: data.JWT_ALGORITHMS,
    toleranceSeconds: data.JWT_TOLERANCE_SECONDS,
    appClaim: data.JWT_APP_CLAIM,
    scopeClaim: data.JWT_SCOPE_CLAIM,
    subjectClaim: data.JWT_SUBJECT_CLAIM,
    type: data.JWT_TYPE,
  };
}
