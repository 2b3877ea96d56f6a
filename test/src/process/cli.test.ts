import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDatabase, sqlEngines } from '../engines/engines.ts';
import { reslot } from './reslot.ts';

describe.each(sqlEngines())('the command line on %s', (name) => {
  let env: Record<string, string>;
  let folder: string;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reslot-'));
    const database = await newDatabase(name);
    env = { DATABASE_URL: name === 'sqlite' ? `sqlite:${join(folder, 'deep', 'test.db')}` : database.url };
    ({ drop } = database);
  });
  afterAll(async () => {
    await drop();
    await rm(folder, { recursive: true });
  });

  const run = async (...args: string[]) => {
    const { code, out, err } = await reslot(args, env, folder);
    return { code, err, json: code === 0 && args.includes('--json') ? JSON.parse(out) : undefined, out };
  };

  test('migrates, once, however many begin together', async () => {
    const together = await Promise.all(Array.from({ length: 6 }, () => run('migrate', '--json')));
    expect(together.map(({ code, err }) => [code, err.replaceAll(/^\{.*\}\n/gm, '')])).toEqual(
      together.map(() => [0, '']),
    );
    expect(together.filter(({ json }) => json.ran.length > 0)).toHaveLength(1);
  });

  test('has nothing left to migrate', async () => {
    expect((await run('migrate', '--json')).json).toEqual({ ran: [] });
    expect((await run('migrate')).out).toBe('0 migrations ran\n');
  });

  test('makes apps', async () => {
    const id = randomUUID();
    expect((await run('apps', 'create', '--id', id.toUpperCase(), '--name', 'Ünï', '--json')).json).toEqual({
      appId: id,
      name: 'Ünï',
    });
    const twice = await run('apps', 'create', '--id', id, '--json');
    expect([twice.code, twice.err]).toEqual([1, `reslot: --id: there is an app ${id} already\n`]);
    expect((await run('apps', 'create', '--json')).json).toEqual({
      appId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'App',
    });
    expect((await run('apps', 'create', '--id', 'x')).err).toBe('reslot: --id: must be a UUID\n');
  });

  test('makes, lists and revokes keys', async () => {
    const { appId } = (await run('apps', 'create', '--json')).json;
    const made = (
      await run('keys', 'create', '--app', appId, '--scopes', 'scheduling:write,scheduling:read', '--json')
    ).json;
    expect(made).toEqual({
      appId,
      keyId: expect.stringMatching(/^key_[0-9a-f]{24}$/),
      token: `${made.apiKey}.${made.apiSecret}`,
      apiKey: made.keyId,
      apiSecret: expect.stringMatching(/^[\w-]{43}$/),
      scopes: ['scheduling:read', 'scheduling:write'],
      expiresAt: null,
    });
    const now = Date.now();
    const short = (
      await run('keys', 'create', '--app', appId, '--scopes', 'webhooks:manage', '--ttl', '12h', '--json')
    ).json;
    expect(Date.parse(short.expiresAt) - now).toBeGreaterThanOrEqual(12 * 3_600_000);
    expect(Date.parse(short.expiresAt) - now).toBeLessThan(13 * 3_600_000);

    expect((await run('keys', 'revoke', short.keyId, '--json')).json).toEqual({
      keyId: short.keyId,
      revoked: true,
    });
    const listed = await run('keys', 'list', '--app', appId, '--json');
    expect(listed.json).toEqual([
      expect.objectContaining({ keyId: made.keyId, revokedAt: null, expiresAt: null }),
      expect.objectContaining({
        keyId: short.keyId,
        revokedAt: expect.any(String),
        expiresAt: short.expiresAt,
      }),
    ]);
    expect(listed.out).not.toContain(made.apiSecret);
    expect((await run('keys', 'list')).out).toContain(made.keyId);
  });

  test('a key gets a new secret beside the old one, and an end', async () => {
    const { appId } = (await run('apps', 'create', '--json')).json;
    const made = (await run('keys', 'create', '--app', appId, '--scopes', 'scheduling:read', '--json')).json;
    const before = Date.now();
    const turned = (await run('keys', 'rotate', made.keyId, '--overlap', '2h', '--json')).json;
    expect(turned).toEqual({
      keyId: made.keyId,
      token: `${made.keyId}.${turned.apiSecret}`,
      apiKey: made.keyId,
      apiSecret: expect.stringMatching(/^[\w-]{43}$/),
      previousUntil: expect.any(String),
    });
    expect(turned.apiSecret).not.toBe(made.apiSecret);
    const overlap = Date.parse(turned.previousUntil) - before;
    expect(overlap).toBeGreaterThanOrEqual(2 * 3_600_000);
    expect(overlap).toBeLessThan(3 * 3_600_000);

    const ended = (await run('keys', 'expire', made.keyId, '--in', '7d', '--json')).json;
    expect(Date.parse(ended.expiresAt) - before).toBeGreaterThanOrEqual(7 * 86_400_000);
    const [listed] = (await run('keys', 'list', '--app', appId, '--json')).json;
    expect(listed).toMatchObject({ expiresAt: ended.expiresAt, previousUntil: turned.previousUntil });
    expect((await run('keys', 'expire', made.keyId, '--in', 'never', '--json')).json.expiresAt).toBeNull();
    expect((await run('keys', 'rotate', made.keyId, '--overlap', 'soon')).err).toBe(
      "reslot: --overlap: 'soon' is not a lifetime such as 90s, 30m, 12h, 365d\n",
    );
    await run('keys', 'revoke', made.keyId);
    expect((await run('keys', 'rotate', made.keyId)).err).toBe(
      `reslot: the key ${made.keyId} is revoked: make another\n`,
    );
  });

  test.each([
    [['keys', 'rotate', 'key_x'], 'there is no key key_x'],
    [['keys', 'expire', 'key_x', '--in', '1d'], 'there is no key key_x'],
    [['keys', 'create', '--app', 'x', '--scopes', 'scheduling:read'], '--app: there is no app x'],
    [['keys', 'revoke', 'key_x'], 'there is no key key_x'],
  ])('%j is refused in a line', async (args, message) => {
    const { code, err } = await run(...args);
    expect([code, err]).toEqual([1, `reslot: ${message}\n`]);
  });

  test('wrong scopes and lifetimes are refused, and nothing is made', async () => {
    const { appId } = (await run('apps', 'create', '--json')).json;
    const bad = [
      ['--scopes', 'scheduling:everything'],
      ['--scopes', ''],
      ['--scopes', 'scheduling:read', '--ttl', '0d'],
      ['--scopes', 'scheduling:read', '--ttl', '5'],
      ['--scopes', 'scheduling:read', '--ttl', '-1h'],
    ];
    for (const args of bad) expect((await run('keys', 'create', '--app', appId, ...args)).code).toBe(1);
    expect((await run('keys', 'list', '--app', appId, '--json')).json).toEqual([]);
  });
});
