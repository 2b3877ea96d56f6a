import { expect, test } from 'vitest';
import type { CallCommand } from './commands.ts';
import { issuesOf } from './issues.ts';
import { issuesOfAgent } from './settings-issues.ts';

const told = { appId: 'app', callId: 'call', actor: { type: 'api', id: 'key' }, source: 'test' };
const creation = { ...told, type: 'create', startsAt: 1, guestName: 'G', appTimezone: 'UTC' };

/** A command as a program without a compiler sends it. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const paths = (command: object): string[] => issuesOf(command as CallCommand).map(({ path }) => path);

test.each<[object, string[]]>([
  [creation, []],
  [
    {
      ...creation,
      guestPhone: null,
      guestEmail: null,
      guestTimezone: null,
      intakeNotes: null,
      agentId: null,
    },
    [],
  ],
  [{ ...told, type: 'create' }, ['startsAt', 'guestName', 'appTimezone']],
  [{ ...creation, guestName: null }, ['guestName']],
  [{ ...creation, guestName: 5 }, ['guestName']],
  [{ ...creation, startsAt: '1' }, ['startsAt']],
  [{ ...creation, durationMinutes: null }, ['durationMinutes']],
  [
    { ...creation, bookingSource: 'x'.repeat(99), assignmentMethod: 'dice' },
    ['assignmentMethod', 'bookingSource'],
  ],
  [{ ...creation, requireConfirmation: 'yes' }, ['requireConfirmation']],
  [{ ...told, type: 'reschedule', edits: {} }, []],
  [{ ...told, type: 'reschedule', edits: { guestPhone: null, guestEmail: null } }, []],
  [
    {
      ...told,
      type: 'reschedule',
      edits: { startsAt: Number.NaN, guestName: null, guestTimezone: null, agentId: null },
    },
    ['startsAt', 'agentId', 'guestName', 'guestTimezone'],
  ],
  [{ ...told, type: 'cancel', reason: null }, []],
  [{ ...told, type: 'cancel', reason: 'a\nb' }, ['reason']],
  [{ ...told, type: 'remind', minutesBefore: 1 }, []],
  [{ ...told, type: 'remind', minutesBefore: 43_200 }, []],
  [{ ...told, type: 'remind', minutesBefore: 0 }, ['minutesBefore']],
  [{ ...told, type: 'remind', minutesBefore: 43_201 }, ['minutesBefore']],
  [{ ...told, type: 'remind', minutesBefore: 1.5 }, ['minutesBefore']],
  [{ ...told, type: 'remind' }, ['minutesBefore']],
  [{ ...told, type: 'bogus' }, ['type']],
  [{ ...told, type: 'toString' }, ['type']],
  [
    { type: 'cancel', appId: 'a/b', callId: '', actor: { type: 'robot', id: 'é' }, source: 'a b' },
    ['appId', 'callId', 'actor.type', 'actor.id', 'source'],
  ],
])('%j', (command, expected) => {
  expect(paths(command)).toEqual(expected);
});

test('every field that may be left out is looked at if it is there', () => {
  const bad = (...names: string[]) => Object.fromEntries(names.map((name) => [name, Symbol(name)]));
  const placing = ['overrides', 'holdId'];
  const ofGuest = ['guestPhone', 'guestEmail', 'guestTimezone', 'intakeNotes'];
  const buffers = ['bufferBeforeMinutes', 'bufferAfterMinutes'];
  const ofCreation = [
    ...ofGuest,
    'agentId',
    'assignmentMethod',
    'bookingSource',
    'durationMinutes',
    ...buffers,
  ];
  expect(paths({ ...creation, ...bad(...placing, ...ofCreation, 'versions') })).toEqual([
    ...placing,
    ...ofCreation,
  ]);
  const edits = bad('startsAt', 'agentId', 'assignment', 'guestName', ...ofGuest);
  const move = { ...told, type: 'reschedule', edits };
  expect(paths({ ...move, ...bad('versions', ...placing, 'wallTime') })).toEqual([
    'versions',
    ...placing,
    ...Object.keys(edits),
    'wallTime',
  ]);
  for (const type of ['undo', 'fire_reminders', 'cancel']) {
    expect(paths({ ...told, type, versions: 'any' })).toEqual([]);
    expect(paths({ ...told, type, versions: [-1] })).toEqual(['versions']);
  }
  expect(paths({ ...told, type: 'undo', ...bad(...placing) })).toEqual(placing);
  expect(paths({ ...told, type: 'confirm', ...bad(...placing) })).toEqual([]);
});

test('a place in a series', () => {
  const series = { id: 'series', wallTime: '2026-05-04T10:00:00' };
  expect(paths({ ...creation, series })).toEqual([]);
  expect(paths({ ...creation, series: { id: 'a/b', wallTime: 'x' }, appTimezone: 'BST' })).toEqual([
    'series.id',
    'series.wallTime',
    'appTimezone',
  ]);
});

test('an agent', () => {
  const agent = { appId: 'app', id: 'ana', name: 'Ana', active: true };
  expect(issuesOfAgent(agent)).toEqual([]);
  expect(issuesOfAgent({ ...agent, id: 'a/b', name: ' ' }).map(({ path }) => path)).toEqual([
    'agentId',
    'name',
  ]);
});
