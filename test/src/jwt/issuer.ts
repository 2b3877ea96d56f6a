import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixedClock } from '@reslot/adapters/clock';
import { createTokenVerifier, type JwtOptions } from '@reslot/adapters/jwt';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export const NOW = Date.UTC(2026, 3, 1, 9);
export const APP = '0190c0de-0000-7000-8000-000000000001';

/** A key pair of an issuer. */
export interface Signer {
  readonly jwk: JWK;
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function newSigner(kid: string, alg = 'ES256'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return signerOf(kid, alg, publicKey, privateKey);
}

async function signerOf(kid: string, alg: string, open: CryptoKey, hidden: CryptoKey): Promise<Signer> {
  const jwk = { ...(await exportJWK(open)), kid, alg, use: 'sig' };
  return {
    jwk,
    sign: (claims = {}, header = {}) =>
      new SignJWT({ ...GOOD, ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(hidden),
  };
}

/** What a token says that is good at `NOW`; a claim that is set to undefined is left out. */
export const GOOD = {
  iss: 'https://issuer.example',
  aud: 'reslot',
  sub: 'backend@acme',
  exp: NOW / 1000 + 300,
  app_id: APP,
  scope: 'scheduling:read scheduling:write',
};

/** An issuer in memory: what it publishes and whether it can be reached may change. */
export interface Issuer {
  keys: unknown;
  away: boolean;
  readings: number;
  read(): Promise<unknown>;
}

export function newIssuer(...signers: Signer[]): Issuer {
  return {
    keys: { keys: signers.map(({ jwk }) => jwk) },
    away: false,
    readings: 0,
    async read() {
      this.readings += 1;
      if (this.away) throw new Error('away');
      return this.keys;
    },
  };
}

export function verifierFor(issuer: Issuer, over: Partial<JwtOptions> = {}) {
  const clock = fixedClock(NOW);
  const reports: unknown[] = [];
  const verifier = createTokenVerifier({
    issuer: GOOD.iss,
    audience: GOOD.aud,
    algorithms: ['ES256', 'RS256'],
    jwks: () => issuer.read(),
    toleranceSeconds: 30,
    appClaim: 'app_id',
    scopeClaim: 'scope',
    subjectClaim: 'sub',
    clock,
    report: (error) => reports.push(error),
    ...over,
  });
  return { clock, reports, verifier, verify: (token: string) => verifier.verify(token) };
}

/** A server of its own on loopback, for one test. */
export async function serving(
  answer: (path: string) => { status?: number; headers?: Record<string, string>; body: string },
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((incoming, outgoing) => {
    const { status = 200, headers = {}, body } = answer(incoming.url ?? '');
    outgoing.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    await work(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
