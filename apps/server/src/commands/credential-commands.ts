import { newAppId } from '@reslot/adapters/ids';
import { isoOrNull, fields, SCOPES, type Key, type Scope } from '@reslot/core';
import { KEY_LIFE, type Secrets } from '@reslot/adapters/http';
import type { Services } from '../services.ts';
import { issueKey, rotateSecret } from './keys.ts';
import { Mistake } from './mistake.ts';
import type { Report } from './report.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export async function addApp(
  { credentials, clock }: Services,
  { id = newAppId(), name = 'App' }: { id?: string; name?: string },
): Promise<Report> {
  const appId = id.toLowerCase();
  const faults = { '--id': fields.uuid(appId), '--name': fields.agentName(name) };
  for (const [option, fault] of Object.entries(faults)) {
    if (fault !== undefined) throw new Mistake(`${option}: ${fault}`);
  }
  const added = await credentials.addApp({ id: appId, name, createdAt: clock.now() });
  if (added === 'exists') throw new Mistake(`--id: there is an app ${appId} already`);
  return { json: { appId, name }, text: `app ${appId} (${name})` };
}

export async function addKey(
  { credentials, clock }: Services,
  { app, scopes, ttl }: { app: string; scopes: string; ttl?: string },
): Promise<Report> {
  const appId = app.toLowerCase();
  if (!(await credentials.app(appId))) throw new Mistake(`--app: there is no app ${app}`);
  const lifetime = ttl === undefined ? null : parseLifetime('--ttl', ttl);
  const { key, ...secrets } = await issueKey(
    credentials,
    { appId, scopes: parseScopes(scopes), lifetime },
    clock.now(),
  );
  const json = {
    appId,
    keyId: key.id,
    token: secrets.token,
    apiKey: secrets.apiKey,
    apiSecret: secrets.apiSecret,
    scopes: key.scopes,
    expiresAt: isoOrNull(key.expiresAt),
  };
  const text = [
    `key ${key.id} of app ${appId}, shown this once:`,
    ...secretLines(secrets),
    `  scopes        ${key.scopes.join(', ')}`,
    `  expires       ${isoOrNull(key.expiresAt) ?? 'never'}`,
  ];
  return { json, text: text.join('\n') };
}

export async function listKeys({ credentials }: Services, { app }: { app?: string }): Promise<Report> {
  const keys = (await credentials.keys(app?.toLowerCase())).map(keyShape);
  const lines = keys.map(({ keyId, appId, scopes, expiresAt, revokedAt, lastUsedAt }) =>
    [
      keyId,
      appId,
      scopes.join(','),
      revokedAt ? `revoked ${revokedAt}` : `expires ${expiresAt ?? 'never'}`,
      `used ${lastUsedAt ?? 'never'}`,
    ].join('  '),
  );
  return { json: keys, text: lines.length > 0 ? lines.join('\n') : 'no keys' };
}

export async function revokeKey({ credentials, clock }: Services, keyId: string): Promise<Report> {
  if ((await credentials.revokeKey(keyId, clock.now())) === 'unknown') throw noKey(keyId);
  return { json: { keyId, revoked: true }, text: `key ${keyId} is revoked` };
}

export async function rotateKey(
  { credentials, clock }: Services,
  keyId: string,
  { overlap }: { overlap: string },
): Promise<Report> {
  const now = clock.now();
  const lasting = overlap === '0' ? 0 : parseLifetime('--overlap', overlap);
  const secrets = await rotateSecret(credentials, { id: keyId, overlap: lasting }, now);
  if (secrets === 'unknown') throw noKey(keyId);
  if (secrets === 'revoked') throw new Mistake(`the key ${keyId} is revoked: make another`);
  const previousUntil = isoOrNull(now + lasting);
  const text = [
    `key ${keyId} has a new secret, shown this once; every server knows it in ${KEY_LIFE / 1000} seconds:`,
    ...secretLines(secrets),
    `  the one before holds until ${previousUntil}`,
  ];
  return { json: { keyId, ...secrets, previousUntil }, text: text.join('\n') };
}

export async function expireKey(
  { credentials, clock }: Services,
  keyId: string,
  { in: left }: { in: string },
): Promise<Report> {
  const end = left === 'never' ? null : clock.now() + parseLifetime('--in', left);
  if ((await credentials.expireKey(keyId, end)) === 'unknown') throw noKey(keyId);
  const expiresAt = isoOrNull(end);
  return { json: { keyId, expiresAt }, text: `key ${keyId} expires ${expiresAt ?? 'never'}` };
}

const noKey = (keyId: string): Mistake => new Mistake(`there is no key ${keyId}`);

const secretLines = ({ token, apiKey, apiSecret }: Secrets): string[] => [
  `  bearer token  ${token}`,
  `  X-API-KEY     ${apiKey}`,
  `  X-API-SECRET  ${apiSecret}`,
];

const keyShape = (key: Key) => ({
  appId: key.appId,
  keyId: key.id,
  scopes: key.scopes,
  createdAt: isoOrNull(key.createdAt),
  expiresAt: isoOrNull(key.expiresAt),
  revokedAt: isoOrNull(key.revokedAt),
  previousUntil: isoOrNull(key.previous?.until ?? null),
  lastUsedAt: isoOrNull(key.lastUsedAt),
});

function parseScopes(list: string): Scope[] {
  const wanted = list.split(',').map((scope) => scope.trim());
  const unknown = wanted.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown !== undefined) throw new Mistake(`--scopes: '${unknown}' is none of ${SCOPES.join(', ')}`);
  return SCOPES.filter((scope) => wanted.includes(scope));
}

/** Milliseconds of `90s`, `30m`, `12h` or `365d`. */
function parseLifetime(option: string, text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const milliseconds = Object.entries(UNITS).find(([name]) => name === unit)?.[1];
  if (milliseconds === undefined)
    throw new Mistake(`${option}: '${text}' is not a lifetime such as 90s, 30m, 12h, 365d`);
  return Number(amount) * milliseconds;
}
