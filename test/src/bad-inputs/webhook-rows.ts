import { bearer, JSON_TYPE } from './world.ts';
import type { Refused, Row } from './rows.ts';

/** URLs of webhooks that would have the server send where it must not. */

const urls = (...given: readonly string[]): Refused[] =>
  given.map((url) => ({
    name: JSON.stringify(url).slice(0, 60),
    family: 'video',
    sent: (world) => ({
      method: 'POST',
      path: `/api/v1/video/${world.appId}/webhooks`,
      headers: [bearer(world.key), JSON_TYPE],
      body: JSON.stringify({ url }),
    }),
    status: 400,
    code: 'invalid_request',
    at: 'url',
  }));

const URLS = 'test/src/http/webhook-urls.test.ts';

export const WEBHOOKS: readonly Row[] = [
  {
    row: 82,
    input: '`http:`, `ftp:`, `file:`, `javascript:`',
    refused: urls(
      'http://example.com/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      '',
      'example.com',
    ),
  },
  {
    row: 83,
    input: 'an address that is not public, `localhost`',
    refused: urls(
      'https://127.0.0.1/',
      'https://localhost/',
      'https://0.0.0.0/',
      'https://[::1]/',
      'https://[::]/',
      'https://169.254.169.254/',
      'https://10.0.0.1/',
      'https://100.64.0.1/',
    ),
  },
  {
    row: 84,
    input: 'the same, spelled otherwise',
    refused: urls(
      'https://2130706433/',
      'https://0177.0.0.1/',
      'https://0x7f.1/',
      'https://[::ffff:a9fe:a9fe]/',
      'https://[64:ff9b::7f00:1]/',
      'https://１２７.0.0.1/',
    ),
  },
  {
    row: 85,
    input: 'a name that leads to a private address, at once or later',
    answer: '400 `invalid_request` when it is saved; later the attempt is `forbidden`',
    proofs: [
      [URLS, 'half-inside.example.com'],
      [URLS, 'may be a public one, and may not become another'],
      [
        'test/src/webhooks/guard.test.ts',
        'looks again at a name that was public when the endpoint was saved',
      ],
    ],
  },
  {
    row: 86,
    input: 'a URL with a password, with port 22, of 3,000 characters, with a line break',
    refused: urls(
      'https://me:secret@example.com/',
      'https://me@example.com/',
      'https://example.com:22/',
      `https://example.com/${'x'.repeat(3000)}`,
      'https://example.com/\r\nHost: inside',
    ),
  },
  {
    row: 87,
    input: 'a receiver that redirects inside',
    answer: 'the attempt has failed; it is not followed',
    proofs: [['test/src/webhooks/answers.test.ts', '%i is a refusal, and nobody follows it']],
  },
  {
    row: 88,
    input: 'a receiver that never ends its answer, or never begins it, or sends a byte at a time',
    answer: 'cut off at 4 KiB, or after 15 seconds; others are on time',
    proofs: [
      ['test/src/webhooks/bounds.test.ts', 'a receiver cannot hold up an attempt'],
      ['test/src/webhooks/bounds.test.ts', 'by a body without an end: its status counts'],
      ['test/src/webhooks/bounds.test.ts', 'that hang at one host do not delay another'],
    ],
  },
];
