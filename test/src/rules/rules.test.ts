import { readFileSync } from 'node:fs';
import type { Breach, Rejection, Status, Verdict } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { asItIs, isOutcome } from './columns.ts';
import { tablesOf } from './page.ts';

/** docs/rules.md, each row of which is carried out by the engine. */

const page = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
const tables = tablesOf(page);

const TITLES = [
  'May it be changed?',
  'What is asked for',
  'How near and how far',
  'Taken time',
  'Notice and grace',
  'Limits of moves',
  'Who may, and why',
  'Calls a day',
  'Hours, time off, do not disturb',
  'Held time',
  'Which refusal comes first',
  'Which rule of a policy comes first',
  'What can be overridden',
  'What a preview tells',
  'What is offered instead',
  'Undo',
  'Versions',
  'A request that comes twice',
  'Reminders',
  'Reminders by hand',
  'Who gets the call',
  'Many moves at once',
  'Series',
  'What is offered to a series',
];

/** The compiler has every kind here; a row has to show it. */
const REFUSALS: Record<Rejection['kind'], true> = {
  invalid: true,
  call_not_found: true,
  call_exists: true,
  final_state: true,
  already_started: true,
  stale_version: true,
  version_required: true,
  nothing_to_undo: true,
  undo_expired: true,
  in_past: true,
  beyond_horizon: true,
  not_allowed: true,
  reason_required: true,
  too_soon: true,
  too_late: true,
  limit_reached: true,
  agent_not_found: true,
  agent_unavailable: true,
  too_many_holds: true,
  hold_not_found: true,
  no_hold: true,
  reminder_in_past: true,
  too_many_reminders: true,
  nobody_active: true,
  slot_taken: true,
  outside_hours: true,
  time_off: true,
  do_not_disturb: true,
  held: true,
  day_full: true,
};

const RULES_OF_A_POLICY: Record<Extract<Breach, { readonly rule: string }>['rule'], true> = {
  minNoticeToOldMinutes: true,
  minNoticeToNewMinutes: true,
  horizonDays: true,
  graceAfterStartMinutes: true,
  maxMoves: true,
  maxTotalShiftMinutes: true,
};

const RULES_OF_A_PLACE: Record<Verdict['rule'], true> = {
  time: true,
  policy: true,
  agent: true,
  availability: true,
  daily_cap: true,
  slot: true,
  holds: true,
};

const STATUSES: Record<Status, string> = {
  scheduled: 'scheduled',
  pending_confirmation: 'pending confirmation',
  confirmed: 'confirmed',
  started: 'started',
  completed: 'completed',
  cancelled: 'cancelled',
  no_show: 'missed',
};

describe.each(tables)('$title', ({ prose, headings, rows }) => {
  test('says the rule, and has rows that say what comes of them', () => {
    expect(prose).toMatch(/\.\)?$/);
    expect(rows.length).toBeGreaterThan(0);
    expect(headings.map(isOutcome)).toContain(true);
    expect(new Set(headings).size).toBe(headings.length);
    expect(new Set(rows.map((row) => row.join('|'))).size).toBe(rows.length);
  });

  test.each(rows.map((row) => ({ row, name: row.join(' | ') })))('$name', async ({ row }) => {
    expect(await asItIs(headings, row)).toEqual(row);
  });
});

describe('the page', () => {
  const isShown = (text: string) =>
    tables.some(({ headings, rows }) =>
      rows.some((row) => row.some((cell, index) => cell.includes(text) && isOutcome(headings[index] ?? ''))),
    );

  test('has the tables that it should', () => {
    expect(tables.map(({ title }) => title)).toEqual(TITLES);
  });

  test.each(Object.keys(REFUSALS))('shows the refusal %s', (kind) => {
    expect(isShown(`no: \`${kind}\``)).toBe(true);
  });

  test.each([...Object.keys(RULES_OF_A_POLICY), ...Object.keys(RULES_OF_A_PLACE)])(
    'shows the rule %s',
    (rule) => {
      expect(isShown(`\`${rule}\``)).toBe(true);
    },
  );

  test('shows every status', () => {
    expect(tables[0]?.rows.map(([status]) => status)).toEqual(Object.values(STATUSES));
  });
});

describe('a page that says something else', () => {
  const head = ['the call', 'asked', 'outcome'];

  test('has other outcomes than the engine', async () => {
    expect(await asItIs(head, ['', 'Wed 10:00', 'no: `in_past`'])).toEqual(['', 'Wed 10:00', 'yes']);
    expect(await asItIs(head, ['cancelled', 'Wed 10:00', 'yes'])).toEqual([
      'cancelled',
      'Wed 10:00',
      'no: `final_state`',
    ]);
  });

  test.each([
    ['a column', ['the moon', 'outcome'], ['full', 'yes']],
    ['a phrase', head, ['', 'Wednesday at ten', 'yes']],
    ['a phrase beside one', head, ['', 'Wed 10:00; or so', 'yes']],
    ['a scene that cannot begin', head, ['of Zoe', 'Wed 10:00', 'yes']],
  ])('and is not understood: %s', async (_, headings, row) => {
    await expect(asItIs(headings, row)).rejects.toThrow(/column|meanings/);
  });

  test.each([
    ['a row that lacks a cell', '## A\n\nIt is so.\n\n| a | b |\n| - | - |\n| 1 |\n'],
    ['two tables under one title', '## A\n\n| a |\n| - |\n| 1 |\n\n| b |\n| - |\n| 2 |\n'],
  ])('and cannot be read: %s', (_, text) => {
    expect(() => tablesOf(text)).toThrow('A: ');
  });
});
