import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@reslot/adapters/knex';
import { MINUTE } from '@reslot/core';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeDemo } from '../commands/demo.ts';
import { readConfig } from '../config/config.ts';
import { createServices } from '../container.ts';
import type { Services } from '../services.ts';
import { diagnose } from './doctor.ts';

/** Where the command itself is tried, on every database: `test/src/process/doctor.test.ts`. */

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reslot-'));
  path = join(folder, 'outer', 'inner', 'test.db');
});
afterEach(() => rm(folder, { recursive: true }));

function servicesWith(settings: Record<string, string> = {}): Services {
  const services = createServices(
    readConfig({ DATABASE_URL: `sqlite:${path}`, LOG_LEVEL: 'silent', ...settings }),
  );
  onTestFinished(() => services.close());
  return services;
}

async function migrated(): Promise<Services> {
  const services = servicesWith();
  await migrate(services.database);
  return services;
}

/** What is said under a name, as `state found`. */
async function saidOf(name: string, services: Services): Promise<string> {
  const found = (await diagnose(services)).find((finding) => finding.name === name);
  return found ? `${found.state} ${found.found}` : 'nothing';
}

test('a file that is not there is a problem, and stays away', async () => {
  const services = servicesWith();
  expect(await saidOf('file', services)).toBe(`problem there is no database at ${path}`);
  expect(await saidOf('database', services)).toBe('warning not looked at until file is mended');
  expect(await readdir(folder)).toEqual([]);
  expect(await saidOf('file', await migrated())).toBe(`ok ${path}`);
});

test('the key of a demo is a warning on this machine, and a problem where others reach it', async () => {
  const services = await migrated();
  expect(await saidOf('demo', services)).toMatch(/^ok /);
  await makeDemo(services);
  expect(await saidOf('demo', services)).toMatch(/^warning keys of an app /);
  for (const reached of [{ HOST: '0.0.0.0' }, { PUBLIC_URL: 'https://calls.acme.org' }]) {
    expect(await saidOf('demo', servicesWith(reached))).toMatch(/^problem keys of an app /);
  }
});

test.each<[string, (services: Services, id: string) => Promise<unknown>]>([
  ['is revoked', ({ credentials, clock }, id) => credentials.revokeKey(id, clock.now())],
  ['has ended', ({ credentials, clock }, id) => credentials.expireKey(id, clock.now())],
])('a key that %s is not counted, nor is that of a demo', async (_, end) => {
  const services = await migrated();
  await makeDemo(services);
  const [key] = await services.credentials.keys();
  expect(await saidOf('keys', services)).toMatch(/^ok 1 in force, /);
  await end(services, key?.id ?? '');
  expect(await saidOf('keys', services)).toBe('ok 0 in force, 0 without an end, 0 not used for 90 days');
  expect(await saidOf('demo', services)).toMatch(/^ok /);
});

test('the event that has waited longest is looked at, whatever came after it', async () => {
  const { database, clock } = await migrated();
  const services = servicesWith();
  const waiting = async (minutes: number, many = 1) =>
    database('reslot_waiting_events').insert({
      at: clock.now() - minutes * MINUTE,
      app_id: 'app',
      many,
      events: JSON.stringify(
        Array.from({ length: many }, (_, seq) => ({ callId: 'call', seq, type: 'created', at: 0 })),
      ),
    });
  await waiting(4, 7);
  expect(await saidOf('outbox', services)).toBe('ok 7 events wait, 0 deliveries are to be made');
  for (let rows = 0; rows < 250; rows += 1) await waiting(4, rows < 200 ? 1 : 250);
  expect(await saidOf('outbox', services)).toBe('ok 10000 events wait, 0 deliveries are to be made');
  await database('reslot_waiting_events').delete();
  await waiting(7);
  await waiting(0);
  expect(await saidOf('outbox', services)).toMatch(/^problem 2 events wait to be told, one for 7 minutes: /);
});

// Elsewhere modes say nothing.
test.skipIf(process.platform === 'win32')(
  'what others may do with a file ends at the first folder that they cannot enter',
  async () => {
    const outer = join(folder, 'outer');
    const inner = join(outer, 'inner');
    await mkdir(inner, { recursive: true });
    await writeFile(path, '');
    const said = async (...modes: readonly [number, number, number, number]) => {
      const places = [folder, outer, inner, path];
      for (const [at, place] of places.entries()) await chmod(place, modes[at] ?? 0);
      return (await saidOf('permissions', servicesWith())).split(' ')[0];
    };
    expect(await said(0o755, 0o755, 0o755, 0o644)).toBe('warning');
    expect(await said(0o755, 0o755, 0o755, 0o666)).toBe('problem');
    // Who may not list a folder may enter it, and the other way round.
    expect(await said(0o711, 0o711, 0o711, 0o666)).toBe('problem');
    expect(await said(0o755, 0o755, 0o744, 0o666)).toBe('ok');
    expect(await said(0o755, 0o700, 0o755, 0o666)).toBe('ok');
    expect(await said(0o700, 0o755, 0o755, 0o666)).toBe('ok');
    expect(await said(0o755, 0o755, 0o755, 0o600)).toBe('ok');
  },
);

test('origins are looked at', async () => {
  const pages = (origins: string) => saidOf('origins', servicesWith({ CORS_ORIGINS: origins }));
  expect(await pages('https://a.acme.org')).toBe('ok https://a.acme.org');
  expect(await pages('https://a.acme.org,http://b.acme.org')).toMatch(
    /^warning CORS_ORIGINS: http:\/\/b\.acme\.org: /,
  );
});
