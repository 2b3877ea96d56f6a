import type { GuestLinkRefusal, PlaceRejection, Refusal, Span, WebhookRefusal } from '@reslot/core';
import { etagOf } from '../requests/headers.ts';
import { problems, type Problem } from './problems.ts';
import { slotShape } from '../requests/slots.ts';
import { toIso } from '../requests/time.ts';

/** A refusal for a place. What is in the way is told as time alone: whose call it is, is nobody's business. */
const misplaced = (
  reason: string,
  message: string,
  { wanted: { agentId }, alternatives }: PlaceRejection,
  taken?: Span,
  more?: Problem['details'],
): Problem =>
  problems.conflict(reason, message, {
    ...more,
    ...(taken && { conflict: { agentId, startUtc: toIso(taken.from), endUtc: toIso(taken.to) } }),
    alternatives: alternatives.map(slotShape),
  });

/** How a family speaks of what a refusal may name. */
export interface Wording {
  readonly startsAt: string;
  readonly agentId: string;
  /** What it calls a field of ours; the same, when it does not say. */
  readonly field?: (path: string) => string;
  readonly noCall: (callId: string) => Problem;
  /** Its envelope around an error. */
  readonly body: (problem: Problem, requestId: string) => unknown;
}

/** Whatever says no. */
export type AnyRefusal = Refusal | WebhookRefusal | GuestLinkRefusal;

type RefusalOf = { [Kind in AnyRefusal['kind']]: Extract<AnyRefusal, { kind: Kind }> };

/** The one place where a refusal gets its HTTP status. A new kind does not compile until it stands here. */
const TOLD: { [Kind in AnyRefusal['kind']]: (refusal: RefusalOf[Kind], words: Wording) => Problem } = {
  invalid: ({ issues }, { field = String }) =>
    problems.invalid(issues.map(({ path, message }) => ({ path: field(path), message }))),
  in_past: ({ startsAt, now }, words) =>
    problems.invalid(
      [{ path: words.startsAt, message: `${toIso(startsAt)} is not after now, ${toIso(now)}` }],
      'in_past',
    ),
  beyond_horizon: ({ startsAt, latest }, words) =>
    problems.invalid(
      [{ path: words.startsAt, message: `${toIso(startsAt)} is after the latest start, ${toIso(latest)}` }],
      'beyond_horizon',
    ),
  agent_unavailable: (_, words) =>
    problems.invalid(
      [{ path: words.agentId, message: 'no active agent of this app has this id' }],
      'agent_unavailable',
    ),
  call_not_found: ({ callId }, words) => words.noCall(callId),
  call_exists: () => problems.conflict('call_exists', 'a call with this id exists'),
  final_state: ({ status }) =>
    problems.conflict('final_state', `the call is ${status} and cannot change any more`, { status }),
  already_started: () => problems.conflict('already_started', 'the call has started'),
  slot_taken: (refusal) =>
    misplaced('slot_taken', 'the agent has another call at that time', refusal, refusal.taken),
  outside_hours: (refusal) => misplaced('outside_hours', 'the agent does not work at that time', refusal),
  held: (refusal) =>
    misplaced('held', 'the time is held for somebody else', refusal, refusal.taken, {
      until: toIso(refusal.until),
    }),
  too_many_holds: ({ limit }) =>
    problems.conflict('limit_reached', 'the calendar has as many holds as it may have', {
      rule: 'holds',
      limit,
    }),
  reminder_in_past: ({ fireAt, now }) =>
    problems.invalid(
      [{ path: 'minutesBefore', message: `${toIso(fireAt)} is not after now, ${toIso(now)}` }],
      'reminder_in_past',
    ),
  too_many_reminders: ({ limit }) =>
    problems.conflict('limit_reached', 'the call has as many reminders by hand as it may have', {
      rule: 'customReminders',
      limit,
    }),
  hold_not_found: () => problems.notFound('no such hold in this app, or it is over'),
  no_hold: () =>
    problems.conflict(
      'no_hold',
      'the hold that is named keeps nothing of this time: it is over, spent, or of another time or agent',
    ),
  time_off: (refusal) => misplaced('time_off', 'the agent is off at that time', refusal, refusal.taken),
  do_not_disturb: (refusal) =>
    misplaced('do_not_disturb', 'the agent takes no calls at that time', refusal, refusal.taken),
  day_full: (refusal) =>
    misplaced(
      'limit_reached',
      `the agent may have ${refusal.calls} calls on that day`,
      refusal,
      refusal.day,
      {
        rule: 'dailyCap',
        limit: refusal.calls,
      },
    ),
  not_allowed: ({ actor }) => ({
    ...problems.forbidden(`the policy of this app does not let a caller of kind ${actor} move a call`),
    reason: 'not_allowed',
    details: { reason: 'not_allowed', actor },
  }),
  reason_required: () =>
    problems.invalid(
      [{ path: 'reason', message: 'the policy of this app wants a reason' }],
      'reason_required',
    ),
  too_soon: ({ rule, limit }) =>
    problems.conflict('too_soon', `the policy of this app wants more notice: ${rule}`, {
      rule,
      limit: toIso(limit),
    }),
  too_late: ({ rule, limit }) =>
    problems.conflict('too_late', `the policy of this app does not allow it so late: ${rule}`, {
      rule,
      limit: toIso(limit),
    }),
  limit_reached: ({ rule, limit }) =>
    problems.conflict('limit_reached', `the policy of this app sets a limit: ${rule}`, { rule, limit }),
  stale_version: ({ version }) => ({
    status: 412,
    code: 'precondition_failed',
    reason: 'stale_version',
    message: `the call is at version ${version}`,
    details: { reason: 'stale_version', version, etag: etagOf({ version }) },
    headers: { ETag: etagOf({ version }) },
  }),
  version_required: ({ version }) => ({
    status: 428,
    code: 'precondition_required',
    reason: 'version_required',
    message: 'the policy of this app wants If-Match, with the ETag of the call',
    details: { reason: 'version_required' },
    headers: { ETag: etagOf({ version }) },
  }),
  nothing_to_undo: () => problems.conflict('nothing_to_undo', 'there is no move to take back'),
  undo_expired: ({ until }) =>
    problems.conflict('too_late', `the last move could be taken back until ${toIso(until)}`, {
      rule: 'undoWindowMinutes',
      limit: toIso(until),
    }),
  nobody_active: () => problems.conflict('nobody_active', 'no agent of this app is active'),
  agent_not_found: () => problems.notFound('no such agent in this app'),
  endpoint_not_found: () => problems.notFound('no such webhook in this app'),
  too_many_endpoints: ({ limit }) =>
    problems.conflict('limit_reached', 'the app has as many webhooks as it may have', {
      rule: 'webhooks',
      limit,
    }),
  no_agent: () => problems.conflict('no_agent', 'nobody has the call: there are no times to choose among'),
  link_invalid: (_, words) => words.noCall(''),
  link_powerless: ({ action }) => ({
    ...problems.forbidden(`this link is not for that: ${action}`),
    reason: 'wrong_purpose',
    details: { reason: 'wrong_purpose' },
  }),
  overloaded: () => problems.unavailable('too many requests are waiting; nothing was changed'),
  contended: () => problems.unavailable('other changes came first at every attempt; nothing was changed'),
};

/** What a refusal is over HTTP. */
export function problemOf(refusal: AnyRefusal, words: Wording): Problem {
  return told(refusal.kind, refusal, words);
}

function told<Kind extends AnyRefusal['kind']>(
  kind: Kind,
  refusal: RefusalOf[Kind],
  words: Wording,
): Problem {
  return TOLD[kind](refusal, words);
}
