import { EXCEPTION_KINDS } from './availability.ts';
import { issues, optional, orNull, type Check, type Issue } from './checks.ts';
import type { SaveAvailability, SavePolicy } from './settings.ts';
import { ACTOR_TYPES, type ActorType } from './events.ts';
import * as fields from './fields.ts';
import { POLICY_LIMITS, type ActorPolicy, type Policy } from './policy.ts';
import type { AgentRecord } from './agents.ts';
import type { Span } from './time.ts';
import type { WorkingWindow } from './working-hours.ts';

/** What is wrong with what an app says of its agents and of itself. As `issuesOf`, takes nothing on trust. */

export const MOST_WINDOWS = 100;
/** Each has to be reckoned with by itself. */
const MOST_ZONES = 10;
export const MOST_EXCEPTIONS = 400;

export const issuesOfAgent = (agent: AgentRecord): Issue[] =>
  issues(
    within('agent', agent, ({ appId, id, name, active, email }) => [
      ['appId', fields.id, appId],
      ['agentId', fields.id, id],
      ['name', fields.agentName, name],
      ['active', fields.flag, active],
      ...optional([['email', orNull(fields.agentEmail), email]]),
    ]),
  );

export function issuesOfAvailability({ appId, agentId, availability }: SaveAvailability): Issue[] {
  const lists = issues([
    ['appId', fields.id, appId],
    ['agentId', fields.id, agentId],
    ...within('availability', availability, ({ windows, exceptions, doNotDisturb }) => [
      ['windows', fields.listOf(record, MOST_WINDOWS), windows],
      ['exceptions', fields.listOf(record, MOST_EXCEPTIONS), exceptions],
      ['doNotDisturb', fields.listOf(record, MOST_EXCEPTIONS), doNotDisturb],
    ]),
  ]);
  if (lists.length > 0) return lists;
  const { windows, exceptions, doNotDisturb } = availability;
  const zones = new Set(windows.map(({ timezone }) => timezone)).size;
  return [
    ...issues([['windows', atMost(MOST_ZONES, 'time zones'), zones]]),
    ...windows.flatMap((window, index) => issuesOfWindow(window, `windows.${index}`)),
    ...exceptions.flatMap((exception, index) => [
      ...issues([[`exceptions.${index}.kind`, fields.oneOf(EXCEPTION_KINDS), exception.kind]]),
      ...issuesOfSpan(exception, `exceptions.${index}`),
    ]),
    ...doNotDisturb.flatMap((span, index) => issuesOfSpan(span, `doNotDisturb.${index}`)),
  ];
}

const atMost =
  (max: number, what: string): fields.FieldRule =>
  (value) =>
    Number(value) <= max ? undefined : `must have at most ${max} ${what}`;

const record: fields.FieldRule = (value) =>
  typeof value === 'object' && value !== null ? undefined : 'must be an object';
const endOfWindow: fields.FieldRule = (value) => (value === '24:00' ? undefined : fields.localTime(value));

/** The checks of what is in an object, if it is one. */
const within = <Whole>(path: string, whole: Whole, checksOf: (whole: Whole) => Check[]): Check[] =>
  record(whole) === undefined ? checksOf(whole) : [[path, record, whole]];

function issuesOfWindow({ weekday, start, end, timezone }: WorkingWindow, path: string): Issue[] {
  const found = issues([
    [`${path}.weekday`, fields.whole({ min: 0, max: 6 }), weekday],
    [`${path}.start`, fields.localTime, start],
    [`${path}.end`, endOfWindow, end],
    [`${path}.timezone`, fields.reckonedZone, timezone],
  ]);
  return found.length > 0 ? found : inOrder(`${path}.end`, start < end);
}

function issuesOfSpan({ from, to }: Span, path: string): Issue[] {
  const found = issues([
    [`${path}.from`, fields.instant, from],
    [`${path}.to`, fields.instant, to],
  ]);
  return found.length > 0 ? found : inOrder(`${path}.to`, from < to);
}

const inOrder = (path: string, is: boolean): Issue[] =>
  is ? [] : [{ path, message: 'must be after the beginning' }];

const minutes = fields.whole(POLICY_LIMITS.minutes);

const RULES: { [Field in keyof ActorPolicy]: fields.FieldRule } = {
  allowed: fields.flag,
  minNoticeToOldMinutes: minutes,
  minNoticeToNewMinutes: minutes,
  horizonDays: fields.whole(POLICY_LIMITS.horizonDays),
  maxMoves: orNull(fields.whole(POLICY_LIMITS.maxMoves)),
  maxTotalShiftMinutes: orNull(minutes),
  reasonRequired: fields.flag,
  graceAfterStartMinutes: orNull(minutes),
};

export const issuesOfPolicy = ({ appId, policy }: SavePolicy): Issue[] =>
  issues([
    ['appId', fields.id, appId],
    ...within('policy', policy, ({ actors, dailyCap, versionRequired, undoWindowMinutes }) => [
      ['versionRequired', fields.flag, versionRequired],
      ['undoWindowMinutes', minutes, undoWindowMinutes],
      ...(dailyCap === null ? [] : within('dailyCap', dailyCap, capChecks)),
      ...within('actors', actors, () =>
        ACTOR_TYPES.flatMap((actor) =>
          within(`actors.${actor}`, actors[actor], (ofActor) => actorChecks(actor, ofActor)),
        ),
      ),
    ]),
  ]);

const capChecks = ({ calls, timezone }: NonNullable<Policy['dailyCap']>): Check[] => [
  ['dailyCap.calls', fields.whole(POLICY_LIMITS.dailyCalls), calls],
  ['dailyCap.timezone', fields.reckonedZone, timezone],
];

const actorChecks = (actor: ActorType, ofActor: ActorPolicy): Check[] =>
  Object.entries(RULES).map(([field, rule]): Check => {
    const value = Object.entries(ofActor).find(([name]) => name === field)?.[1];
    return [`actors.${actor}.${field}`, rule, value];
  });
