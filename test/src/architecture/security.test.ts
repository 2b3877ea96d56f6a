import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);

test('what SECURITY.md says holds and proves is there', () => {
  const text = readFileSync(fileURLToPath(new URL('SECURITY.md', root)), 'utf8');
  const named = [...text.matchAll(/`([\w-]+\/[\w./-]+)`|\]\(([\w./-]+)(?:#[\w-]+)?\)/g)].map(
    ([, path, link]) => path ?? link ?? '',
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(fileURLToPath(new URL(path, root))))).toEqual([]);
});
