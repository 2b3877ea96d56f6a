import { expect, test } from 'vitest';
import { parseDatabaseUrl } from './connect.ts';

const mysql = { kind: 'mysql', host: 'db', port: 3306, user: '', password: '', database: 'app' };

test.each<[string, object]>([
  ['sqlite:data/reslot.db', { kind: 'sqlite', filename: 'data/reslot.db' }],
  ['sqlite::memory:', { kind: 'sqlite', filename: ':memory:' }],
  ['sqlite:/var/lib/a b.db', { kind: 'sqlite', filename: '/var/lib/a b.db' }],
  ['mysql://db/app', mysql],
  ['mariadb://db/app', mysql],
  ['mysql://me:p%40ss%2Fword@db:3307/app', { ...mysql, port: 3307, user: 'me', password: 'p@ss/word' }],
  ['mysql://[::1]:3307/app', { ...mysql, host: '::1', port: 3307 }],
])('%s', (url, place) => {
  expect(parseDatabaseUrl(url)).toEqual(place);
});

test.each([
  '',
  'sqlite:',
  'postgres://db/app',
  'mysql:db/app',
  'mysql://db',
  'mysql://db/',
  'mysql://db/a/b',
  'mysql://db:notaport/app',
  'mysql://me:100%@db/app',
  'mysql://db/app?ssl=true',
])('%j is refused, without being repeated', (url) => {
  expect(() => parseDatabaseUrl(url)).toThrow(/^(must|has|takes) /);
});
