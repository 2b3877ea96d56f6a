import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AUTHORITY, EXPIRED, NAMED } from '../database/certificates.ts';
import { tlsStandIn } from '../database/tls-stand-in.ts';
import { describeOnServers, newDatabase } from '../engines/engines.ts';
import { useServers } from './use-servers.ts';

const { folder, run, start } = useServers();

/** The server gives a connection 3 seconds, and a statement as long. */
const BOUND = 15_000;

describeOnServers('a server with TLS to its database', (name) => {
  async function standIn(kind: Parameters<typeof tlsStandIn>[1]) {
    const { url, drop } = await newDatabase(name);
    onTestFinished(drop);
    const { at, heard } = await tlsStandIn(url, kind);
    await writeFile(join(folder(), 'ca.pem'), AUTHORITY);
    const settings = {
      DATABASE_URL: at('localhost'),
      DATABASE_TLS: 'on',
      DATABASE_TLS_CA: 'ca.pem',
      DRAIN_SECONDS: '0',
    };
    return { settings, heard };
  }

  test('serves by it, and the doctor says so', async () => {
    const { settings, heard } = await standIn({ certificate: NAMED });
    const server = await start(settings);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const { checks } = JSON.parse((await run(['doctor', '--json'], settings)).out);
    expect(checks).toContainEqual({
      name: 'database connection',
      state: 'ok',
      found: 'localhost, with TLS',
      todo: null,
    });
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(heard()).toBe('in TLS');
  });

  test.each<[string, Parameters<typeof tlsStandIn>[1], Record<string, string>, string]>([
    [
      'with a certificate that nobody trusts',
      { certificate: NAMED },
      { DATABASE_TLS_CA: '' },
      'TLS with the server fails: unable to verify the first certificate',
    ],
    [
      'with a certificate that has expired',
      { certificate: EXPIRED },
      {},
      'TLS with the server fails: certificate has expired',
    ],
    ['without TLS', 'without TLS', {}, 'the server offers no TLS'],
    [
      'that insists on TLS',
      'insisting',
      { DATABASE_TLS: 'off', DATABASE_TLS_CA: '' },
      'the server insists on TLS',
    ],
  ])('before one %s it does not start, and says why', async (_, kind, more, fault) => {
    const { settings } = await standIn(kind);
    // What Node would take as leave to verify nothing is none here.
    const env = { ...settings, ...more, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const { code, err } = await run(['serve'], env);
    expect([code, err]).toEqual([1, expect.stringContaining(`reslot: DATABASE_TLS: ${fault}\n`)]);

    const { state, checks } = JSON.parse((await run(['doctor', '--json'], env)).out);
    expect(state).toBe('problem');
    expect(checks[0]).toMatchObject({ name: 'database', state: 'problem', found: `database: ${fault}` });
    expect(checks[0].todo).toContain('DATABASE_TLS_CA');
  });

  test('before one that falls silent it ends in bounded time', async () => {
    const { settings } = await standIn('silent');
    const since = Date.now();
    const { code, err } = await run(['serve'], settings);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^reslot: DATABASE_URL: the database does not answer: /m),
    ]);
    expect(Date.now() - since).toBeLessThan(BOUND);
  });
});

const AT = 'mysql://somebody:hunter2@db.example.com/calls';

test.each([
  [{ DATABASE_TLS: 'on' }, 'DATABASE_TLS: must be off with an embedded database'],
  [{ DATABASE_URL: AT, DATABASE_TLS: 'require' }, 'DATABASE_TLS: '],
  [{ DATABASE_URL: AT, DATABASE_TLS: 'true' }, 'DATABASE_TLS: '],
  [{ DATABASE_URL: AT, DATABASE_TLS_CA: 'ca.pem' }, 'DATABASE_TLS: must be on with DATABASE_TLS_CA'],
  [
    { DATABASE_URL: AT, DATABASE_TLS: 'on', DATABASE_TLS_CA: 'none.pem' },
    'DATABASE_TLS_CA: the file cannot be read: ENOENT',
  ],
  [
    { DATABASE_URL: AT, DATABASE_TLS: 'on', DATABASE_TLS_CA: 'folder' },
    'DATABASE_TLS_CA: must be the path of a file',
  ],
  [
    { DATABASE_URL: AT, DATABASE_TLS: 'on', DATABASE_TLS_CA: '/dev/zero' },
    'DATABASE_TLS_CA: must be the path of a file',
  ],
  [
    { DATABASE_URL: AT, DATABASE_TLS: 'on', DATABASE_TLS_CA: 'notes.txt' },
    'DATABASE_TLS_CA: the file must have a certificate as PEM',
  ],
  [
    { DATABASE_URL: AT, DATABASE_TLS: 'on', DATABASE_TLS_CA: 'cut.pem' },
    'DATABASE_TLS_CA: the file has a certificate that cannot be read',
  ],
])('a wrong setting %j stops the start, and is named', async (env, message) => {
  const mark = randomUUID();
  await mkdir(join(folder(), 'folder'));
  await writeFile(join(folder(), 'notes.txt'), mark);
  await writeFile(join(folder(), 'cut.pem'), `${AUTHORITY}\n${AUTHORITY.replace(/\n.{40}/, `\n${mark}`)}`);
  const { code, out, err } = await run(['serve'], env);
  expect([code, out, err]).toEqual([1, '', expect.stringContaining(`reslot: ${message}`)]);
  expect(err).not.toContain('hunter2');
  expect(err).not.toContain(mark);
});
