import { createTokenVerifier, jwksSource } from '@reslot/adapters/jwt';
import type { Clock, TokenVerifier } from '@reslot/core';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';

/** What checks the tokens of the issuer that the settings name; undefined where they name none. */
export const tokensOf = (
  { jwt }: Pick<Config, 'jwt'>,
  clock: Clock,
  log: Logger,
): TokenVerifier | undefined =>
  jwt &&
  createTokenVerifier({
    ...jwt,
    jwks: jwksSource(jwt.jwks),
    clock,
    report: (error) => log.error({ reason: reasonOf(error) }, 'the JWKS cannot be read'),
  });

/** `fetch` says what is wrong in the cause. No token is in either, and keys are public. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
