import { expect, test } from 'vitest';
import { reslot } from './reslot.ts';

const MARK = 'canary-of-the-settings';
const TODO = 'set it as .env.example says';

test.each<[string, Record<string, string>, string[]]>([
  [
    'each for itself',
    { PORT: '70000', RELAY: 'maybe', NATS_URL: `http://${MARK}@nats` },
    ['PORT: must be a port number', expect.stringMatching(/^RELAY: /), expect.stringMatching(/^NATS_URL: /)],
  ],
  [
    'without what belongs to it',
    {
      DATABASE_TLS: 'on',
      RATE_LIMIT: 'off',
      RATE_LIMIT_FAILURES: '7',
      SMTP_URL: 'smtp://localhost:25',
      GUEST_LINK_SECRET: MARK.repeat(2),
      JWT_ISSUER: 'acme',
    },
    [
      'DATABASE_TLS: must be off with an embedded database',
      'PUBLIC_URL: must be set with GUEST_LINK_SECRET',
      'MAIL_FROM: must be set with SMTP_URL',
      'JWT_AUDIENCE: must be set, with the other two of JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS',
      'RATE_LIMIT_FAILURES: limits nothing while RATE_LIMIT is off; leave one of the two out',
    ],
  ],
])('the doctor names every setting that is wrong, %s', async (_, settings, faults) => {
  const { code, out, err } = await reslot(['doctor', '--json'], settings);
  expect([code, err, JSON.parse(out)]).toEqual([
    1,
    '',
    {
      state: 'problem',
      checks: faults.map((found) => ({ name: 'settings', state: 'problem', found, todo: TODO })),
    },
  ]);
  expect(out).not.toContain(MARK);
  const text = await reslot(['doctor'], settings);
  expect([text.code, text.err]).toEqual([1, '']);
  expect(text.out).toContain(`problem: ${faults.length}`);
  const [first] = JSON.parse(out).checks;
  const other = await reslot(['migrate', '--json'], settings);
  expect([other.code, other.out, other.err]).toEqual([1, '', `reslot: ${first.found}\n`]);
});
