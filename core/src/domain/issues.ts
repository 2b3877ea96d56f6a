import { ASSIGNMENT_METHODS, BOOKING_SOURCES, TRANSITIONS } from './call.ts';
import type { CallCommand, CreateCall, Edits, SaveAgent } from './commands.ts';
import { ACTOR_TYPES } from './events.ts';
import * as fields from './fields.ts';

/** What is wrong with one field of a command. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

type Check = [path: string, rule: fields.FieldRule, value: unknown];

const orNull =
  (rule: fields.FieldRule): fields.FieldRule =>
  (value) =>
    value === null ? undefined : rule(value);

/** Leaves out what is not said. */
const optional = (checks: Check[]): Check[] => checks.filter(([, , value]) => value !== undefined);

const issues = (checks: Check[]): Issue[] =>
  checks.flatMap(([path, rule, value]) => {
    const message = rule(value);
    return message === undefined ? [] : [{ path, message }];
  });

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
    ...checksOf(command),
  ]);
}

function checksOf(command: CallCommand): Check[] {
  if (command.type === 'create') return creationChecks(command);
  if (command.type === 'reschedule') return editChecks(command.edits);
  return [['type', fields.oneOf(Object.keys(TRANSITIONS)), command.type]];
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
];

const editChecks = (edits: Edits): Check[] =>
  optional([
    ['startsAt', fields.instant, edits.startsAt],
    ['agentId', fields.id, edits.agentId],
    ['guestName', fields.guestName, edits.guestName],
    ['guestPhone', orNull(fields.guestPhone), edits.guestPhone],
    ['guestEmail', orNull(fields.guestEmail), edits.guestEmail],
    ['guestTimezone', fields.timezone, edits.guestTimezone],
    ['intakeNotes', fields.intakeNotes, edits.intakeNotes],
  ]);

export const issuesOfAgent = ({ agent }: SaveAgent): Issue[] =>
  issues([
    ['appId', fields.id, agent.appId],
    ['agentId', fields.id, agent.id],
    ['name', fields.agentName, agent.name],
    ['active', fields.flag, agent.active],
  ]);
