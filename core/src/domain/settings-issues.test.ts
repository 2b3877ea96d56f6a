import { describe, expect, test } from 'vitest';
import { issuesOfAgent, issuesOfAvailability, MOST_EXCEPTIONS, MOST_WINDOWS } from './settings-issues.ts';

/** What programs send that no compiler has seen. */
const ODD: unknown[] = [
  undefined,
  null,
  'x',
  5,
  NaN,
  true,
  [],
  [null],
  {},
  [[]],
  Symbol('x'),
  5n,
  Object.create(null),
];

/** Issues of something of any type, by path. */
const pathsOf =
  <Wanted>(check: (wanted: Wanted) => { path: string }[]) =>
  (wanted: unknown): string[] =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    check(wanted as Wanted).map(({ path }) => path);

const ofAgent = pathsOf(issuesOfAgent);
const ofAvailability = pathsOf(issuesOfAvailability);

const who = { appId: 'app', agentId: 'ana' };
const window = { weekday: 1, start: '09:00', end: '17:00', timezone: 'Europe/Paris' };
const extra = { kind: 'available_extra', from: 1_000, to: 2_000 };
const quiet = { from: 1_000, to: 2_000 };
const availability = { windows: [window], exceptions: [extra], doNotDisturb: [quiet] };
const ZONES = Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('Europe/'));
const inZones = (count: number) => ZONES.slice(0, count).map((timezone) => ({ ...window, timezone }));
const list = (length: number, value: object) => Array.from({ length }, () => value);

/** What is wrong with the sound availability but for `over`. */
const withOver = (over: object): string[] =>
  ofAvailability({ ...who, availability: { ...availability, ...over } });
const withWindow = (over: object): string[] => withOver({ windows: [window, { ...window, ...over }] });
const withException = (over: object): string[] => withOver({ exceptions: [extra, { ...extra, ...over }] });
const withQuiet = (over: object): string[] => withOver({ doNotDisturb: [quiet, { ...quiet, ...over }] });

describe('an agent', () => {
  const agent = { appId: 'app', id: 'ana', name: 'Ana', active: true };

  test.each([{}, { email: null }, { email: 'ana@example.com' }])('is sound with %o', (over) =>
    expect(ofAgent({ ...agent, ...over })).toEqual([]),
  );

  test.each([
    ['appId', { appId: 'a/b' }],
    ['agentId', { id: '' }],
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(201) }],
    ['active', { active: 'yes' }],
    ['email', { email: 'ana' }],
    ['email', { email: 5 }],
  ])('has an issue at %s with %o', (path, over) => {
    expect(ofAgent({ ...agent, ...over })).toEqual([path]);
  });

  test.each(ODD)('that is %o has issues', (odd) => {
    expect(ofAgent(odd)).not.toEqual([]);
  });
});

describe('an availability', () => {
  test('is sound, at its bounds too', () => {
    expect(withOver({})).toEqual([]);
    expect(withOver({ windows: [], exceptions: [], doNotDisturb: [] })).toEqual([]);
    expect(
      withOver({ windows: list(MOST_WINDOWS, window), exceptions: list(MOST_EXCEPTIONS, extra) }),
    ).toEqual([]);
    expect(withOver({ doNotDisturb: list(MOST_EXCEPTIONS, quiet) })).toEqual([]);
    expect(withOver({ windows: [...inZones(10), ...inZones(10)] })).toEqual([]);
    expect(withWindow({ weekday: 0, start: '00:00', end: '24:00' })).toEqual([]);
    expect(withWindow({ weekday: 6, start: '23:58', end: '23:59', timezone: 'UTC' })).toEqual([]);
    expect(withException({ kind: 'blocked', from: 0, to: 1 })).toEqual([]);
  });

  test.each<[string, () => string[], () => string[]]>([
    ['windows.1.weekday', () => withWindow({ weekday: 7 }), () => withWindow({ weekday: -1 })],
    ['windows.1.weekday', () => withWindow({ weekday: 1.5 }), () => withWindow({ weekday: '1' })],
    [
      'windows.1.start',
      () => withWindow({ start: '9:00' }),
      () => withWindow({ start: '24:00', end: '24:00' }),
    ],
    ['windows.1.end', () => withWindow({ end: '24:01' }), () => withWindow({ end: undefined })],
    ['windows.1.end', () => withWindow({ end: '09:00' }), () => withWindow({ end: '08:59' })],
    [
      'windows.1.timezone',
      () => withWindow({ timezone: 'Mars/One' }),
      () => withWindow({ timezone: '+02:00' }),
    ],
    // Intl knows it, but it cannot be reckoned with.
    ['windows.1.timezone', () => withWindow({ timezone: 'BST' }), () => withWindow({ timezone: null })],
    ['exceptions.1.kind', () => withException({ kind: 'open' }), () => withException({ kind: undefined })],
    ['exceptions.1.from', () => withException({ from: -1 }), () => withException({ from: 1.5 })],
    [
      'exceptions.1.to',
      () => withException({ to: '2026' }),
      () => withException({ to: 253_402_300_800_000 }),
    ],
    ['exceptions.1.to', () => withException({ to: 1_000 }), () => withException({ to: 999 })],
    ['doNotDisturb.1.from', () => withQuiet({ from: -1 }), () => withQuiet({ from: null })],
    ['doNotDisturb.1.to', () => withQuiet({ to: 1_000 }), () => withQuiet({ to: 999 })],
    [
      'windows',
      () => withOver({ windows: list(MOST_WINDOWS + 1, window) }),
      () => withOver({ windows: [window, null] }),
    ],
    [
      'windows',
      () => withOver({ windows: inZones(11) }),
      () => withOver({ windows: [...inZones(11), window] }),
    ],
    [
      'exceptions',
      () => withOver({ exceptions: list(MOST_EXCEPTIONS + 1, extra) }),
      () => withOver({ exceptions: ['x'] }),
    ],
    [
      'doNotDisturb',
      () => withOver({ doNotDisturb: list(MOST_EXCEPTIONS + 1, quiet) }),
      () => withOver({ doNotDisturb: [5] }),
    ],
    [
      'appId',
      () => ofAvailability({ ...who, appId: '', availability }),
      () => ofAvailability({ agentId: 'ana', availability }),
    ],
    [
      'agentId',
      () => ofAvailability({ ...who, agentId: '.', availability }),
      () => ofAvailability({ appId: 'app', availability }),
    ],
  ])('has one issue, at %s', (path, one, other) => {
    expect([one(), other()]).toEqual([[path], [path]]);
  });

  test('says what is wrong with what is sound by itself', () => {
    const messagesOf = (...windows: (typeof window)[]) =>
      issuesOfAvailability({
        ...who,
        availability: { windows, exceptions: [], doNotDisturb: [{ from: 2, to: 1 }] },
      }).map(({ path, message }) => `${path} ${message}`);
    expect(messagesOf(...inZones(11))).toEqual([
      'windows must have at most 10 time zones',
      'doNotDisturb.0.to must be after the beginning',
    ]);
  });

  test('has every issue named, each once', () => {
    expect(withOver({ windows: [{}], exceptions: [{}], doNotDisturb: [{}] })).toEqual([
      'windows.0.weekday',
      'windows.0.start',
      'windows.0.end',
      'windows.0.timezone',
      'exceptions.0.kind',
      'exceptions.0.from',
      'exceptions.0.to',
      'doNotDisturb.0.from',
      'doNotDisturb.0.to',
    ]);
    expect(withOver({ windows: [{ ...window, end: '08:00' }], doNotDisturb: [{ from: 2, to: 1 }] })).toEqual([
      'windows.0.end',
      'doNotDisturb.0.to',
    ]);
  });

  test.each(ODD)('that is %o has issues, and so has one with it as a part', (odd) => {
    expect(ofAvailability({ ...who, availability: odd })).not.toEqual([]);
    if (typeof odd !== 'object' || odd === null)
      expect(ofAvailability({ ...who, availability: odd })).toEqual(['availability']);
    for (const part of ['windows', 'exceptions', 'doNotDisturb']) {
      if (!Array.isArray(odd) || odd.length > 0) expect(withOver({ [part]: odd })).not.toEqual([]);
      expect(withOver({ [part]: [odd] })).not.toEqual([]);
    }
    for (const field of ['start', 'end'])
      expect(withWindow({ [field]: odd })).toContain(`windows.1.${field}`);
    expect(withQuiet({ from: odd, to: 'x' })).toContain('doNotDisturb.1.to');
  });
});
