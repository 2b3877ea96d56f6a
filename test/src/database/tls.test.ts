import { connect, type DatabaseTls } from '@reslot/adapters/connect';
import { checkWritable, databaseTlsFault, migrate } from '@reslot/adapters/knex';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnServers, newDatabase } from '../engines/engines.ts';
import { ADDRESSED, AUTHORITY, EXPIRED, NAMED } from './certificates.ts';
import { generatedAuthority } from './generated-authority.ts';
import { tlsStandIn } from './tls-stand-in.ts';

const TRUST = { ca: AUTHORITY };
/** A connect takes 3 seconds at most. */
const BOUND = 5_000;

describeOnServers('TLS to the database', (name) => {
  async function ownDatabase(): Promise<string> {
    const { url, drop } = await newDatabase(name);
    onTestFinished(drop);
    return url;
  }

  function opened(url: string, tls?: DatabaseTls) {
    const db = connect(url, { tls, poolSize: 4 });
    onTestFinished(() => db.destroy());
    return db;
  }

  /** What each of three connections ends in. */
  async function faults(url: string, tls?: DatabaseTls): Promise<unknown[]> {
    const db = opened(url, tls);
    const found: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      found.push(await db.raw('SELECT 1').then(() => 'connected', databaseTlsFault));
    }
    return found;
  }

  test.each([
    ['localhost', NAMED],
    ['127.0.0.1', ADDRESSED],
  ])('to %s, with a certificate of it by the authority', async (host, certificate) => {
    const url = await ownDatabase();
    const server = await tlsStandIn(url, { certificate });
    const db = opened(server.at(host), TRUST);
    await migrate(db);
    await checkWritable(db);
    // Several at once, and those after them, which take up the session of the first.
    const asked = Array.from({ length: 8 }, () => db.raw("SHOW STATUS LIKE 'Ssl_cipher'"));
    const answers = await Promise.all(asked);
    if (await generatedAuthority(url))
      for (const [[{ Value: cipher }]] of answers) expect(cipher).toMatch(/^TLS_/);
    expect(server.heard()).toBe('in TLS');
  });

  test.each([
    [
      'nobody trusts',
      'localhost',
      NAMED,
      {},
      'TLS with the server fails: unable to verify the first certificate',
    ],
    [
      'is of an address, by a name',
      'localhost',
      ADDRESSED,
      TRUST,
      'the certificate of the server is not for localhost',
    ],
    [
      'is of a name, by an address',
      '127.0.0.1',
      NAMED,
      TRUST,
      'the certificate of the server is not for 127.0.0.1',
    ],
    ['has expired', 'localhost', EXPIRED, TRUST, 'TLS with the server fails: certificate has expired'],
  ])('not with a certificate that %s', async (_, host, certificate, tls, fault) => {
    const server = await tlsStandIn(await ownDatabase(), { certificate });
    expect(await faults(server.at(host), tls)).toEqual([fault, fault, fault]);
    expect(server.heard()).toBe('nothing');
  });

  test('not where the offer of TLS is missing: nothing goes in the clear', async () => {
    const server = await tlsStandIn(await ownDatabase(), 'without TLS');
    const fault = 'the server offers no TLS';
    expect(await faults(server.at('localhost'), TRUST)).toEqual([fault, fault, fault]);
    expect(server.heard()).toBe('nothing');
  });

  test('a server that falls silent is not waited for', async () => {
    const server = await tlsStandIn(await ownDatabase(), 'silent');
    const since = Date.now();
    const asking = checkWritable(opened(server.at('localhost'), TRUST));
    await expect(asking).rejects.toThrow(/^database: (no connection|ETIMEDOUT)$/);
    expect(Date.now() - since).toBeLessThan(BOUND);
  });

  test('without it, a server that insists on TLS says so', async () => {
    const server = await tlsStandIn(await ownDatabase(), 'insisting');
    const fault = 'the server insists on TLS';
    expect(await faults(server.at('localhost'))).toEqual([fault, fault, fault]);
    expect(server.heard()).toBe('in the clear');
    await expect(checkWritable(opened(server.at('localhost')))).rejects.toThrow(`database: ${fault}`);
  });

  test('the server itself, whose own certificate is of no host', async ({ skip }) => {
    const url = await ownDatabase();
    const ca = await generatedAuthority(url);
    if (ca === undefined) skip('it has made no certificate for itself');
    const fault = `the certificate of the server is not for ${new URL(url).hostname}`;
    expect(await faults(url, { ca })).toEqual([fault, fault, fault]);
    const [distrust] = await faults(url, {});
    expect(distrust).toBe('TLS with the server fails: self-signed certificate in certificate chain');
  });
});

test('an embedded database has none, and authorities are read at once', () => {
  expect(() => connect('sqlite::memory:', { tls: {} })).toThrow(TypeError);
  for (const ca of [
    '',
    'certificate',
    AUTHORITY.replace(/M/, '?'),
    `${AUTHORITY}\n${NAMED.slice(0, 100)}${NAMED.slice(110)}`,
  ]) {
    expect(() => connect('mysql://u:p@localhost/calls', { tls: { ca } })).toThrow(TypeError);
  }
});
