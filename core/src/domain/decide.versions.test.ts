import { describe, expect, test } from 'vitest';
import type { CallCommand, ChangeCall } from './commands.ts';
import { decide, type Decision } from './decide.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { Schedule } from './schedule.ts';
import { DAY } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const TOMORROW = NOW + DAY;
const told = { appId: 'app', callId: 'call', actor: { type: 'guest', id: 'key' }, source: 'test' } as const;

/** Carries out what is asked, one after the other. */
function worldOf(versionRequired: boolean, ...commands: CallCommand[]) {
  const schedule = new Schedule({
    policies: [{ appId: 'app', policy: { ...DEFAULT_POLICY, versionRequired } }],
  });
  const run = (command: CallCommand): Decision => {
    const decision = decide(command, schedule, NOW);
    if (decision.kind === 'accepted') schedule.recordCall(decision.call);
    return decision;
  };
  for (const command of commands) run(command);
  return run;
}

const booking: CallCommand = {
  ...told,
  type: 'create',
  guestName: 'G',
  appTimezone: 'UTC',
  startsAt: TOMORROW,
};
/** After it, the call is at version 2. */
const move: ChangeCall = {
  ...told,
  type: 'reschedule',
  edits: { startsAt: TOMORROW + DAY },
  versions: 'any',
};
const undo: ChangeCall = { ...told, type: 'undo' };

const CHANGES: ChangeCall[] = [
  { ...told, type: 'reschedule', edits: { startsAt: TOMORROW + 2 * DAY } },
  { ...told, type: 'reschedule', edits: { guestName: 'H' } },
  undo,
  { ...told, type: 'remind', minutesBefore: 90 },
  { ...told, type: 'confirm' },
  { ...told, type: 'start' },
  { ...told, type: 'complete' },
  { ...told, type: 'no_show' },
  { ...told, type: 'cancel' },
];

describe.each(CHANGES)('the version of $type $edits', (change) => {
  const run = (versions: ChangeCall['versions'], versionRequired = false) =>
    worldOf(versionRequired, booking, move)({ ...change, versions });

  test('must be one of those that are named', () => {
    expect(run([2]).kind).toBe('accepted');
    expect(run([1, 2]).kind).toBe('accepted');
    expect(run([1, 3])).toEqual({ kind: 'stale_version', version: 2 });
    expect(run([])).toEqual({ kind: 'stale_version', version: 2 });
  });

  test('must be named where the policy wants it', () => {
    expect(run(undefined).kind).toBe('accepted');
    expect(run(undefined, true)).toEqual({ kind: 'version_required', version: 2 });
    expect(run('any', true).kind).toBe('accepted');
    expect(run([2], true).kind).toBe('accepted');
  });
});

describe('a version', () => {
  test('does not matter where nothing would change', () => {
    const run = worldOf(true, booking);
    const events: [] = [];
    const edits = { startsAt: TOMORROW };
    expect(run({ ...told, type: 'reschedule', edits })).toMatchObject({ kind: 'accepted', events });
    expect(run({ ...told, type: 'reschedule', edits, versions: [7] })).toMatchObject({
      kind: 'accepted',
      events,
    });
    run({ ...told, type: 'cancel', versions: [1] });
    expect(run({ ...told, type: 'cancel' })).toMatchObject({ kind: 'accepted', events });
    expect(run({ ...told, type: 'cancel', versions: [1] })).toMatchObject({ kind: 'accepted', events });
  });

  test('is asked for after the status, before everything else', () => {
    const run = worldOf(false, booking);
    const versions = [7];
    const edits = { startsAt: NOW };
    expect(run({ ...undo, versions }).kind).toBe('stale_version');
    expect(run({ ...told, type: 'reschedule', edits, versions }).kind).toBe('stale_version');
    run({ ...told, type: 'cancel' });
    expect(run({ ...undo, versions }).kind).toBe('final_state');
    expect(run({ ...told, type: 'reschedule', edits, versions }).kind).toBe('final_state');
    expect(run({ ...told, type: 'confirm', versions }).kind).toBe('final_state');
  });
});
