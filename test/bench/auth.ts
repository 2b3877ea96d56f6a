import { createApp, digestOf, secretsOf } from '@reslot/adapters/http';
import { systemClock } from '@reslot/adapters/clock';
import { newAppId, newKeyId, newSecret, uuidIds } from '@reslot/adapters/ids';
import { createTokenVerifier } from '@reslot/adapters/jwt';
import { createLimiter } from '@reslot/adapters/limits';
import { memoryCredentials, memoryDatabase, memoryQueries, memoryStore } from '@reslot/adapters/memory';
import { createScheduler } from '@reslot/core';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { say } from './output.ts';

/**
 * What it costs to find out who asks, and to count it: requests that are refused as soon as that is known, against one that shows
 * nothing. The cases take turns, so that what else the machine does hits all alike.
 */
const ROUNDS = 20;
const WARM_UP = 4;
const BLOCK = 200;

const db = memoryDatabase();
const credentials = memoryCredentials(db);
const scopes = ['scheduling:read'] as const;
const appId = newAppId();
const [id, secret] = [newKeyId(), newSecret()];
const told = {
  appId,
  scopes,
  createdAt: 0,
  expiresAt: null,
  revokedAt: null,
  previous: null,
  lastUsedAt: null,
};
await credentials.addKey({ ...told, id, secretDigest: digestOf(secret) });

const signers = await Promise.all(
  ['ES256', 'RS256'].map(async (alg) => ({ alg, ...(await generateKeyPair(alg)) })),
);
const keys = await Promise.all(
  signers.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), alg, kid: alg })),
);
const tokens = createTokenVerifier({
  issuer: 'bench',
  audience: 'bench',
  algorithms: ['ES256', 'RS256'],
  jwks: async () => ({ keys }),
  toleranceSeconds: 0,
  appClaim: 'app_id',
  scopeClaim: 'scope',
  subjectClaim: 'sub',
  clock: systemClock,
  report: (error) => {
    throw error;
  },
});
const signed = (alg: string, sub: string) => {
  const signer = signers.find((one) => one.alg === alg);
  if (!signer) throw new Error(`no signer for ${alg}`);
  return new SignJWT({
    iss: 'bench',
    aud: 'bench',
    sub,
    exp: 9_999_999_999,
    app_id: appId,
    scope: scopes.join(' '),
  })
    .setProtectedHeader({ alg, kid: alg })
    .sign(signer.privateKey);
};

const ports = {
  scheduler: createScheduler({ store: memoryStore(db), clock: systemClock, ids: uuidIds }),
  queries: memoryQueries(db),
  credentials,
  tokens,
  clock: systemClock,
};
const limiter = (of: string) => createLimiter({ of, perMinute: 9_999_999 }, systemClock);
const unlimited = createApp(ports);
const limited = createApp({
  ...ports,
  rateLimits: {
    addresses: limiter('address'),
    failures: limiter('failures'),
    credentials: limiter('credential'),
    guests: limiter('guest'),
  },
});
const family = 'http://localhost/api/v1/video';
// Of another app: refused when it is known who asks. Of this one: when what he asks is looked at, after all is counted.
const [foreign, unknown] = [
  `${family}/${newAppId()}/scheduled-calls`,
  `${family}/${appId}/scheduled-calls?what`,
];
const asking =
  (authorization: string, status: number, url = foreign, { fetch } = unlimited) =>
  async () => {
    const request = new Request(url, { headers: { Authorization: authorization } });
    const answer = await fetch(request, { clientAddress: '192.0.2.1' });
    await answer.text();
    if (answer.status !== status) throw new Error(`answered ${answer.status}`);
  };
const verifying = async (alg: string) => {
  const token = await signed(alg, 'new');
  return async () => {
    if (typeof (await tokens.verify(token)) === 'string') throw new Error('refused');
  };
};

const token = `Bearer ${secretsOf(id, secret).token}`;
const CASES: Record<string, () => Promise<void>> = {
  'a request that shows nothing': asking('', 401),
  'the token of a key, remembered': asking(token, 403),
  'the same in its own app': asking(token, 400, unknown),
  'the same, limited': asking(token, 400, unknown, limited),
  'a JWT, remembered': asking(`Bearer ${await signed('ES256', 'known')}`, 403),
  'a JWT that is new, ES256, the check alone': await verifying('ES256'),
  'a JWT that is new, RS256, the check alone': await verifying('RS256'),
};

const taken = new Map(Object.keys(CASES).map((name) => [name, [] as number[]]));
for (let round = -WARM_UP; round < ROUNDS; round += 1) {
  for (const [name, work] of Object.entries(CASES)) {
    const times: number[] = [];
    for (let turn = 0; turn < BLOCK; turn += 1) {
      const start = performance.now();
      await work();
      times.push((performance.now() - start) * 1000);
    }
    if (round >= 0) taken.get(name)?.push(...times);
  }
}
for (const [name, times] of taken) {
  const median = times.toSorted((a, b) => a - b)[times.length / 2] ?? 0;
  say(`${median.toFixed(0).padStart(6)} µs  ${name}`);
}
