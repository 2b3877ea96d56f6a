import { DAY, MINUTE, newAgent, type Agent, type CallCommand } from '@reslot/core';
import fc from 'fast-check';

/** A small world in which everything meets: few calls, few agents, few hours, no common grid. */
export const START = Date.UTC(2026, 4, 1);
export const APPS = ['app', 'other'];
export const CALLS = ['a', 'b', 'c', 'd', 'e'];
const AGENTS = ['ana', 'ben', 'idle', 'nobody'];

/** The directory of each app: two agents, one who takes no calls, and nobody is not in it. */
export const AGENT_RECORDS: Agent[] = APPS.flatMap((appId) =>
  ['ana', 'ben', 'idle'].map((id) => newAgent({ appId, id, name: id, active: id !== 'idle' })),
);

const startsAt = fc.integer({ min: -60, max: 300 }).map((minutes) => START + DAY + minutes * MINUTE);
const told = fc.record({
  appId: fc.constantFrom(...APPS),
  callId: fc.constantFrom(...CALLS),
  actor: fc.record({ type: fc.constantFrom('api' as const, 'guest' as const), id: fc.constant('me') }),
  source: fc.constant('property'),
  reason: fc.option(fc.constant('because')),
});
const agentId = fc.constantFrom(...AGENTS);
const buffer = fc.constantFrom(0, 0, 5, 15);

export const command: fc.Arbitrary<CallCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        startsAt,
        agentId: fc.option(agentId),
        durationMinutes: fc.constantFrom(10, 30, 60),
        bufferBeforeMinutes: buffer,
        bufferAfterMinutes: buffer,
        requireConfirmation: fc.boolean(),
      })
      .chain((rest) =>
        told.map((who) => ({ ...who, ...rest, type: 'create' as const, guestName: 'G', appTimezone: 'UTC' })),
      ),
  },
  {
    weight: 6,
    arbitrary: fc
      .record(
        {
          startsAt,
          agentId,
          guestName: fc.constantFrom('G', 'H'),
          guestPhone: fc.constantFrom(null, '+33123456789'),
          intakeNotes: fc.constantFrom('', 'notes'),
        },
        { requiredKeys: [] },
      )
      .chain((edits) => told.map((who) => ({ ...who, type: 'reschedule' as const, edits }))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        'confirm' as const,
        'start' as const,
        'complete' as const,
        'no_show' as const,
        'cancel' as const,
      )
      .chain((type) => told.map((who) => ({ ...who, type }))),
  },
);

/** Commands, each so many minutes after the one before. */
export const history = fc.array(fc.tuple(command, fc.nat({ max: 90 })), { minLength: 1, maxLength: 40 });
