import { ASSIGNMENT_METHODS, BOOKING_SOURCES, TRANSITIONS, type InSeries } from './call.ts';
import {
  ASSIGNMENTS,
  isPlacing,
  OVERRIDES,
  type CallCommand,
  type CreateCall,
  type Edits,
} from './commands.ts';
import { issues, optional, orNull, type Check, type Issue } from './checks.ts';
import { ACTOR_TYPES } from './events.ts';
import * as fields from './fields.ts';
import { CUSTOM_MINUTES } from './reminders.ts';

const numbers = fields.listOf(fields.whole({ min: 0, max: Number.MAX_SAFE_INTEGER }), 20);
const versions: fields.FieldRule = (value) => (value === 'any' ? undefined : numbers(value));
const overrides = fields.listOf(fields.oneOf(OVERRIDES), OVERRIDES.length);

/**
 * Everything that is wrong with the content of a command, whatever the schedule says. What passes can be stored. Takes
 * nothing on trust: commands also come from programs that no compiler has seen.
 */
export function issuesOf(command: CallCommand): Issue[] {
  const { appId, callId, actor, source, reason } = command;
  return issues([
    ['appId', fields.id, appId],
    ['callId', fields.id, callId],
    ['actor.type', fields.oneOf(ACTOR_TYPES), actor.type],
    ['actor.id', fields.id, actor.id],
    ['source', fields.id, source],
    ...optional([['reason', orNull(fields.reason), reason]]),
    ...(command.type === 'create' ? [] : optional([['versions', versions, command.versions]])),
    ...(isPlacing(command)
      ? optional([
          ['overrides', overrides, command.overrides],
          ['holdId', fields.id, command.holdId],
        ])
      : []),
    ...checksOf(command),
  ]);
}

function checksOf(command: CallCommand): Check[] {
  if (command.type === 'create') return creationChecks(command);
  if (command.type === 'reschedule') {
    return [...editChecks(command.edits), ...optional([['wallTime', fields.wallTime, command.wallTime]])];
  }
  if (command.type === 'remind')
    return [['minutesBefore', fields.whole(CUSTOM_MINUTES), command.minutesBefore]];
  return [['type', fields.oneOf([...Object.keys(TRANSITIONS), 'undo', 'fire_reminders']), command.type]];
}

const creationChecks = (command: CreateCall): Check[] => [
  ['startsAt', fields.instant, command.startsAt],
  ['guestName', fields.guestName, command.guestName],
  ['appTimezone', fields.timezone, command.appTimezone],
  ...optional([
    ['guestPhone', orNull(fields.guestPhone), command.guestPhone],
    ['guestEmail', orNull(fields.guestEmail), command.guestEmail],
    ['guestTimezone', orNull(fields.timezone), command.guestTimezone],
    ['intakeNotes', orNull(fields.intakeNotes), command.intakeNotes],
    ['agentId', orNull(fields.id), command.agentId],
    ['assignmentMethod', fields.oneOf(ASSIGNMENT_METHODS), command.assignmentMethod],
    ['bookingSource', fields.oneOf(BOOKING_SOURCES), command.bookingSource],
    ['durationMinutes', fields.durationMinutes, command.durationMinutes],
    ['bufferBeforeMinutes', fields.bufferMinutes, command.bufferBeforeMinutes],
    ['bufferAfterMinutes', fields.bufferMinutes, command.bufferAfterMinutes],
    ['requireConfirmation', fields.flag, command.requireConfirmation],
  ]),
  ...(command.series ? seriesChecks(command.series, command.appTimezone) : []),
];

const seriesChecks = ({ id, wallTime }: InSeries, zone: string): Check[] => [
  ['series.id', fields.id, id],
  ['series.wallTime', fields.wallTime, wallTime],
  ['appTimezone', fields.reckonedZone, zone],
];

const editChecks = (edits: Edits): Check[] =>
  optional([
    ['startsAt', fields.instant, edits.startsAt],
    ['agentId', fields.id, edits.agentId],
    ['assignment', fields.oneOf(ASSIGNMENTS), edits.assignment],
    ['guestName', fields.guestName, edits.guestName],
    ['guestPhone', orNull(fields.guestPhone), edits.guestPhone],
    ['guestEmail', orNull(fields.guestEmail), edits.guestEmail],
    ['guestTimezone', fields.timezone, edits.guestTimezone],
    ['intakeNotes', fields.intakeNotes, edits.intakeNotes],
  ]);
