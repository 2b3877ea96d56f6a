import { describe, expect, test } from 'vitest';
import { edited, isEventType, issuesOfEndpoint, newEndpoint } from './endpoint-changes.ts';
import { rotated, SECRET_OVERLAP, liveSecrets, type Endpoint } from './endpoints.ts';

const NOW = 1_000;
const CONTENT = { url: 'https://example.com/', description: 'ours', types: null, familyHeaders: true };
const IDENTITY = { appId: 'app', id: 'one', secret: 'whsec_b25l' };
const made = newEndpoint(CONTENT, IDENTITY, NOW);

describe('a new endpoint', () => {
  test('is active, and has no secret before its own', () => {
    expect(made).toEqual({
      ...CONTENT,
      ...IDENTITY,
      status: 'active',
      trouble: null,
      previousSecret: null,
      previousUntil: null,
      createdAt: NOW,
      version: 1,
    });
  });

  test('takes nothing else that is handed over with it', () => {
    const more = { ...CONTENT, status: 'disabled', secret: 'mine', version: 7 };
    expect(newEndpoint(more, IDENTITY, NOW)).toEqual(made);
  });
});

describe('edits', () => {
  test('change what they say, null too, and nothing else', () => {
    expect(edited(made, {})).toEqual(made);
    expect(edited(made, { url: undefined, description: null })).toEqual({ ...made, description: null });
    const all = { url: 'https://example.org/', types: ['created'] as const, familyHeaders: false };
    expect(edited(made, all)).toEqual({ ...made, ...all });
  });

  test('of the status end what was the matter', () => {
    const gone: Endpoint = { ...made, status: 'disabled', trouble: 'gone' };
    expect(edited(gone, { description: 'x' })).toMatchObject({ status: 'disabled', trouble: 'gone' });
    expect(edited(gone, { status: 'active' })).toMatchObject({ status: 'active', trouble: null });
    expect(edited(gone, { status: 'paused' })).toMatchObject({ status: 'paused', trouble: null });
  });
});

test.each<[object, string[]]>([
  [{}, []],
  [CONTENT, []],
  [{ types: ['created', 'no_show'], status: 'paused' }, []],
  [{ types: [] }, ['types']],
  [{ types: ['created', 'created'] }, ['types']],
  [{ types: ['scheduled.created'] }, ['types']],
  [{ types: ['toString'] }, ['types']],
  [{ types: 'created' }, ['types']],
  [{ description: '' }, ['description']],
  [{ description: 'x'.repeat(501) }, ['description']],
  [{ familyHeaders: null, status: 'disabled' }, ['familyHeaders', 'status']],
])('%j has issues in %j', (said, paths) => {
  expect(issuesOfEndpoint(said).map(({ path }) => path)).toEqual(paths);
});

test('a type of event is one of our own names', () => {
  expect(['created', 'scheduled.created', 'toString', 7].map(isEventType)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('of three secrets two count, and of two one when its time is over', () => {
  const once = rotated(made, 'whsec_dHdv', NOW);
  expect(liveSecrets(once, NOW + SECRET_OVERLAP - 1)).toEqual(['whsec_dHdv', 'whsec_b25l']);
  expect(liveSecrets(once, NOW + SECRET_OVERLAP)).toEqual(['whsec_dHdv']);
  expect(liveSecrets(rotated(once, 'whsec_dGhyZWU=', NOW), NOW)).toEqual(['whsec_dGhyZWU=', 'whsec_dHdv']);
});
