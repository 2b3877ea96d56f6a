import { EXCEPTION_KINDS } from './availability.ts';
import { issues, orNull, type Check, type Issue } from './checks.ts';
import type { SaveAvailability, SavePolicy } from './commands.ts';
import { ACTOR_TYPES, type ActorType } from './events.ts';
import * as fields from './fields.ts';
import { HORIZON_DAYS, type ActorPolicy } from './policy.ts';
import type { AgentRecord } from './schedule.ts';
import type { Span } from './time.ts';
import type { WorkingWindow } from './working-hours.ts';

/** What is wrong with what an app says of its agents and of itself. As `issuesOf`, takes nothing on trust. */

export const MOST_WINDOWS = 100;
export const MOST_EXCEPTIONS = 400;

export const issuesOfAgent = (agent: AgentRecord): Issue[] =>
  issues([
    ['appId', fields.id, agent.appId],
    ['agentId', fields.id, agent.id],
    ['name', fields.agentName, agent.name],
    ['active', fields.flag, agent.active],
  ]);

export function issuesOfAvailability({ appId, agentId, availability }: SaveAvailability): Issue[] {
  const { windows, exceptions, doNotDisturb } = availability;
  const lists = issues([
    ['appId', fields.id, appId],
    ['agentId', fields.id, agentId],
    ['windows', fields.listOf(record, MOST_WINDOWS), windows],
    ['exceptions', fields.listOf(record, MOST_EXCEPTIONS), exceptions],
    ['doNotDisturb', fields.listOf(record, MOST_EXCEPTIONS), doNotDisturb],
  ]);
  if (lists.length > 0) return lists;
  return [
    ...issues([
      ...windows.flatMap((window, index) => windowChecks(window, `windows.${index}`)),
      ...exceptions.flatMap((exception, index): Check[] => [
        [`exceptions.${index}.kind`, fields.oneOf(EXCEPTION_KINDS), exception.kind],
        ...spanChecks(exception, `exceptions.${index}`),
      ]),
      ...doNotDisturb.flatMap((span, index) => spanChecks(span, `doNotDisturb.${index}`)),
    ]),
    ...windows.flatMap(({ start, end }, index) => inOrder(`windows.${index}.end`, start < end)),
    ...exceptions.flatMap(({ from, to }, index) => inOrder(`exceptions.${index}.to`, from < to)),
    ...doNotDisturb.flatMap(({ from, to }, index) => inOrder(`doNotDisturb.${index}.to`, from < to)),
  ];
}

const record: fields.FieldRule = (value) =>
  typeof value === 'object' && value !== null ? undefined : 'must be an object';
const endOfWindow: fields.FieldRule = (value) => (value === '24:00' ? undefined : fields.localTime(value));

const windowChecks = (window: WorkingWindow, path: string): Check[] => [
  [`${path}.weekday`, fields.whole({ min: 0, max: 6 }), window.weekday],
  [`${path}.start`, fields.localTime, window.start],
  [`${path}.end`, endOfWindow, window.end],
  [`${path}.timezone`, fields.reckonedZone, window.timezone],
];

const spanChecks = ({ from, to }: Span, path: string): Check[] => [
  [`${path}.from`, fields.instant, from],
  [`${path}.to`, fields.instant, to],
];

const inOrder = (path: string, is: boolean): Issue[] =>
  is ? [] : [{ path, message: 'must be after the beginning' }];

const MOST_MINUTES = HORIZON_DAYS * 24 * 60;
const minutes = fields.whole({ min: 0, max: MOST_MINUTES });

const RULES: { [Field in keyof ActorPolicy]: fields.FieldRule } = {
  allowed: fields.flag,
  minNoticeToOldMinutes: minutes,
  minNoticeToNewMinutes: minutes,
  horizonDays: fields.whole({ min: 1, max: HORIZON_DAYS }),
  maxMoves: orNull(fields.whole({ min: 0, max: 1_000_000 })),
  maxTotalShiftMinutes: orNull(minutes),
  reasonRequired: fields.flag,
  graceAfterStartMinutes: orNull(minutes),
};

export function issuesOfPolicy({ appId, policy }: SavePolicy): Issue[] {
  const { actors, dailyCap, versionRequired, undoWindowMinutes } = policy;
  return issues([
    ['appId', fields.id, appId],
    ['versionRequired', fields.flag, versionRequired],
    ['undoWindowMinutes', minutes, undoWindowMinutes],
    ...(dailyCap === null
      ? []
      : ([
          ['dailyCap.calls', fields.whole({ min: 0, max: 1_440 }), dailyCap.calls],
          ['dailyCap.timezone', fields.reckonedZone, dailyCap.timezone],
        ] satisfies Check[])),
    ...ACTOR_TYPES.flatMap((actor) => actorChecks(actor, actors[actor])),
  ]);
}

const actorChecks = (actor: ActorType, ofActor: ActorPolicy): Check[] =>
  Object.entries(RULES).map(([field, rule]): Check => {
    const value = Object.entries(ofActor).find(([name]) => name === field)?.[1];
    return [`actors.${actor}.${field}`, rule, value];
  });
