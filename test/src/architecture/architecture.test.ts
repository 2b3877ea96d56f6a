import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { violationsIn, type Source } from './rules.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Every source that ships; tests may do what they need to. */
const FOLDERS = ['core/src', 'adapters/src', 'apps/server/src', 'apps/examples/src', 'test/src/contract'];

const sources = FOLDERS.flatMap((folder): Source[] =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => {
      const path = `${folder}/${name.replaceAll('\\', '/')}`;
      return { path, text: readFileSync(`${ROOT}${path}`, 'utf8') };
    }),
);

describe('the house', () => {
  test('was seen', () => {
    const seen = (folder: string) => sources.filter(({ path }) => path.startsWith(`${folder}/`)).length;
    expect(seen('core/src/domain')).toBeGreaterThanOrEqual(10);
    expect(seen('core/src/application')).toBeGreaterThanOrEqual(3);
    expect(seen('adapters/src/http')).toBeGreaterThanOrEqual(15);
    expect(seen('adapters/src/knex')).toBeGreaterThanOrEqual(10);
    expect(seen('adapters/src/memory')).toBeGreaterThanOrEqual(4);
    expect(seen('apps/server/src')).toBeGreaterThanOrEqual(10);
    expect(sources.length).toBeGreaterThanOrEqual(65);
  });

  test('keeps its rules', () => {
    expect(violationsIn(sources)).toEqual([]);
  });

  test('has a core that depends on nothing', () => {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      readFileSync(`${ROOT}core/package.json`, 'utf8'),
    );
    expect(
      Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== 'temporal-polyfill'),
    ).toEqual([]);
  });
});

/** One planted fault for each rule, and next to it what is allowed. */
const PLANTED: [rule: string, path: string, bad: string[], good: string[]][] = [
  [
    'the core imports nothing but itself',
    'core/src/application/x.ts',
    [
      `import { knex } from 'knex';`,
      `import { readFile } from 'node:fs';`,
      `import type { Hono } from 'hono';`,
      `import { memoryStore } from '../../../adapters/src/memory/index.ts';`,
      `export * from 'zod';`,
      `const lazy = () => import('knex');`,
      `type Db = import('knex').Knex;`,
      `import type { App } from '@reslot/adapters/http';`,
    ],
    [`import { decide } from '../domain/decide.ts';`, `import { Temporal } from 'temporal-polyfill';`],
  ],
  [
    'the domain imports nothing but itself',
    'core/src/domain/x.ts',
    [`import type { Clock } from '../application/ports.ts';`],
    [`import { evolve } from './call.ts';`],
  ],
  [
    'the domain is synchronous',
    'core/src/domain/x.ts',
    [
      `export async function f() {}`,
      `const f = async () => 1;`,
      `class C { async m() {} }`,
      `await f();`,
      `Promise.resolve(1);`,
      `new Promise(f);`,
    ],
    [`export function f() {}`],
  ],
  [
    'the domain throws nothing',
    'core/src/domain/x.ts',
    [`throw new Error('no');`],
    [`export const no = { kind: 'no' };`],
  ],
  [
    'only the clock tells the time',
    'core/src/domain/x.ts',
    [
      `Date.now();`,
      `new Date();`,
      `Date();`,
      `performance.now();`,
      `process.hrtime.bigint();`,
      `Temporal.Now.instant();`,
    ],
    [`new Date(0).toISOString();`, `Date.UTC(2026, 1);`],
  ],
  ['only the clock tells the time', 'apps/server/src/x.ts', [`Date.now();`], [`clock.now();`]],
  [
    'no text becomes a time by Date',
    'adapters/src/http/x.ts',
    [`Date.parse(text);`, `new Date(text);`],
    [`Date.UTC(2026, 1);`],
  ],
  ['no text becomes a time by Date', 'core/src/domain/x.ts', [`Date.parse(text);`], [`new Date(0);`]],
  [
    'only ids are random',
    'adapters/src/knex/x.ts',
    [
      `Math.random();`,
      `randomUUID();`,
      `crypto.randomUUID();`,
      `crypto.getRandomValues(bytes);`,
      `randomBytes(8);`,
    ],
    [`ids.callId();`],
  ],
  [
    'an adapter imports no sibling',
    'adapters/src/http/x.ts',
    [`import { knexStore } from '../knex/store.ts';`, `import { knexStore } from '@reslot/adapters/knex';`],
    [`import { toIso } from './time.ts';`],
  ],
  [
    'the core is imported through its root',
    'adapters/src/memory/x.ts',
    [
      `import { decide } from '@reslot/core/domain';`,
      `import { decide } from '../../../core/src/domain/decide.ts';`,
    ],
    [`import { decide } from '@reslot/core';`],
  ],
  ['hono has its home', 'adapters/src/knex/x.ts', [`import { Hono } from 'hono';`], []],
  ['hono has its home', 'test/src/contract/x.ts', [`import { cors } from 'hono/cors';`], []],
  [
    '@hono/node-server has its home',
    'adapters/src/memory/x.ts',
    [`import { serve } from '@hono/node-server';`],
    [],
  ],
  ['knex has its home', 'adapters/src/http/x.ts', [`import knex from 'knex';`], []],
  [
    'knex has its home',
    'apps/server/src/x.ts',
    [`import type { Knex } from 'knex';`, `require('knex/lib/x.js');`],
    [],
  ],
  ['mysql2 has its home', 'apps/server/src/x.ts', [`import mysql from 'mysql2/promise';`], []],
  ['libsql has its home', 'adapters/src/memory/x.ts', [`import Database from 'libsql';`], []],
  [
    'inversify has its home',
    'apps/server/src/running/serve.ts',
    [`import { Container } from 'inversify';`],
    [],
  ],
  ['ical-generator has its home', 'adapters/src/http/x.ts', [`import ical from 'ical-generator';`], []],
  ['jose has its home', 'adapters/src/email/x.ts', [`import { CompactSign } from 'jose';`], []],
  ['nodemailer has its home', 'apps/server/src/x.ts', [`import { createTransport } from 'nodemailer';`], []],
  ['jose has its home', 'adapters/src/http/x.ts', [`import { jwtVerify } from 'jose';`], []],
  ['rrule-temporal has its home', 'adapters/src/memory/x.ts', [`import 'rrule-temporal';`], []],
  ['uuid has its home', 'adapters/src/http/x.ts', [`import { v7 } from 'uuid';`], []],
  ['undici has its home', 'apps/server/src/x.ts', [`import { fetch } from 'undici';`], []],
  ['ipaddr.js has its home', 'adapters/src/http/x.ts', [`import ipaddr from 'ipaddr.js';`], []],
  [
    'rate-limiter-flexible has its home',
    'adapters/src/http/x.ts',
    [`import { RateLimiterMemory } from 'rate-limiter-flexible';`],
    [],
  ],
  [
    '@redis/client has its home',
    'apps/server/src/x.ts',
    [`import { createClient } from '@redis/client';`],
    [],
  ],
  [
    'prom-client has its home',
    'apps/server/src/running/serve.ts',
    [`import { Counter } from 'prom-client';`],
    [],
  ],
  [
    'standardwebhooks has its home',
    'adapters/src/knex/x.ts',
    [`import { Webhook } from 'standardwebhooks';`],
    [],
  ],
  [
    '@nats-io/jetstream has its home',
    'apps/server/src/x.ts',
    [`import { jetstream } from '@nats-io/jetstream';`],
    [],
  ],
  [
    '@nats-io/transport-node has its home',
    'adapters/src/webhooks/x.ts',
    [`import { connect } from '@nats-io/transport-node';`],
    [],
  ],
  ['files stay short', 'core/src/x.ts', ['const x = 1;\n'.repeat(201)], ['const x = 1;\n'.repeat(200)]],
  [
    'functions stay short',
    'core/src/x.ts',
    [`function f() {\n${'x();\n'.repeat(69)}}`, `const f = () => {\n${'x();\n'.repeat(69)}};`],
    [`function f() {\n${'x();\n'.repeat(68)}}`],
  ],
];

describe('the rules find what breaks them', () => {
  test.each(
    PLANTED.flatMap(([rule, path, bad]) =>
      bad.map((text) => ({ rule, path, text, short: text.slice(0, 60) })),
    ),
  )('$rule: $short in $path', ({ rule, path, text }) => {
    expect(violationsIn([{ path, text }]).map((violation) => violation.rule)).toContain(rule);
  });

  test.each(
    PLANTED.flatMap(([, path, , good]) => good.map((text) => ({ path, text, short: text.slice(0, 60) }))),
  )('and not $short in $path', ({ path, text }) => {
    expect(violationsIn([{ path, text }])).toEqual([]);
  });

  test('each home is open to its own', () => {
    const atHome: [string, string][] = [
      ['adapters/src/http/x.ts', `import { Hono } from 'hono';`],
      ['apps/server/src/x.ts', `import { serve } from '@hono/node-server';`],
      [
        'adapters/src/knex/x.ts',
        `import knex from 'knex'; import Database from 'libsql'; import type { Connection } from 'mysql2';`,
      ],
      ['apps/server/src/container.ts', `import { Container } from 'inversify';`],
      ['adapters/src/ids/x.ts', `import { v7 } from 'uuid'; randomBytes(8);`],
      ['adapters/src/clock/x.ts', `Date.now();`],
      ['adapters/src/webhooks/answers.ts', `Date.parse(date);`],
      ['adapters/src/nats/x.ts', `import { connect } from '@nats-io/transport-node';`],
      ['adapters/src/jwt/x.ts', `import { jwtVerify } from 'jose';`],
      ['adapters/src/email/x.ts', `import { createTransport } from 'nodemailer';`],
      ['adapters/src/guest-links/x.ts', `import { CompactSign } from 'jose';`],
      [
        'adapters/src/limits/x.ts',
        `import ipaddr from 'ipaddr.js'; import { createClient } from '@redis/client'; import { RateLimiterRedis } from 'rate-limiter-flexible';`,
      ],
      ['apps/server/src/running/metrics.ts', `import { Counter } from 'prom-client';`],
      [
        'adapters/src/webhooks/x.ts',
        `import { Client } from 'undici'; import ipaddr from 'ipaddr.js'; import { Webhook } from 'standardwebhooks';`,
      ],
    ];
    expect(violationsIn(atHome.map(([path, text]) => ({ path, text })))).toEqual([]);
  });
});
