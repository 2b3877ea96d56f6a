import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqlEngines } from '../engines/engines.ts';
import { faultsOf, type Refused } from './rows.ts';
import { answerOf, TABLE } from './table.ts';
import type { Answer } from './wire.ts';
import { openWorld, type World } from './world.ts';

/** The table of inputs that must not break the server, tried on servers as they ship. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const rows = Object.values(TABLE).flat();

/** The envelope of the family, with the one fault that the request has. */
function expectRefused(refused: Refused, answer: Answer): void {
  const { family, status, code, at } = refused;
  expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(/^\{.*\}$/s)]);
  const body = JSON.parse(answer.text);
  if (family === 'video') {
    const error = { code, message: expect.any(String), details: expect.any(Object) };
    expect(body).toEqual({ error: { ...error, requestId: answer.headers['x-request-id'] } });
  } else {
    const message = expect.stringMatching(/./);
    expect(body).toEqual({ message, status: 'error', error: message, data: null });
  }
  if (at !== undefined) expect(faultsOf(refused, answer)).toEqual([at]);
}

describe.each(sqlEngines())('a server on %s', (name) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(name);
  });
  afterAll(() => world?.close());

  for (const { row, input, refused = [], runs = {} } of rows) {
    // What is refused before a rule is asked does not depend on the database.
    const alone = name === 'sqlite' ? refused : [];
    if (alone.length + Object.keys(runs).length === 0) continue;
    describe(`row ${row}, ${input}`, () => {
      for (const one of alone) {
        test(`${one.family}: ${one.name}`, async () => {
          const before = await world.told(world.call);
          expectRefused(one, await world.send(one.sent(world)));
          expect(await world.told(world.call)).toBe(before);
        });
      }
      for (const [title, run] of Object.entries(runs)) {
        // It expects in the table.
        // oxlint-disable-next-line vitest/expect-expect
        test(`is answered as it should: ${title || input}`, () => run(world));
      }
    });
  }

  test('has made no mistake in all of this', () => {
    expect(world.server.output()).not.toMatch(/"level":[56]0/);
  });
});

describe('the table', () => {
  test('has every row, and each is tried', () => {
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 88 }, (_, index) => index + 1));
    for (const { row, refused = [], runs = {}, proofs = [] } of rows) {
      const tried = refused.length + Object.keys(runs).length + proofs.length;
      expect([row, tried > 0]).toEqual([row, true]);
    }
  });

  test('refers to tests that there are', () => {
    for (const [file, title] of rows.flatMap(({ proofs = [] }) => proofs)) {
      expect([file, existsSync(ROOT + file)]).toEqual([file, true]);
      expect([file, readFileSync(ROOT + file, 'utf8')]).toEqual([file, expect.stringContaining(title)]);
    }
  });

  test('is what docs/bad-input.md says', () => {
    const page = readFileSync(`${ROOT}docs/bad-input.md`, 'utf8');
    const cells = (line: string) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
    const shown = page
      .split('\n')
      .filter((line) => /^\| +\d+ +\|/.test(line))
      .map(cells);
    const told = rows.map((row) => [String(row.row), row.input, answerOf(row), row.why ?? '']);
    expect(shown).toEqual(told);
    for (const heading of Object.keys(TABLE)) expect(page).toContain(`\n## ${heading}\n`);
  });
});
