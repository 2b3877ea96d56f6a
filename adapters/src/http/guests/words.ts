import type { Breach, GuestLinkRefusal, Refusal } from '@reslot/core';
import type { Problem } from '../answers/problems.ts';

/** What a guest is told where the words for an application would not do. */

const SAID: Partial<Record<(Refusal | GuestLinkRefusal)['kind'], string>> = {
  stale_version: 'the call has changed since this link was made',
  final_state: 'the call is over, or cancelled, and cannot be changed any more',
  in_past: 'that time has passed',
  beyond_horizon: 'that is too far ahead',
  not_allowed: 'the call cannot be moved by its guest',
  reason_required: 'please say why',
};

const SAID_OF_RULE: Record<Extract<Breach, { rule: string }>['rule'], string> = {
  graceAfterStartMinutes: 'it is too late to move the call',
  minNoticeToOldMinutes: 'it is too late to move the call',
  minNoticeToNewMinutes: 'that is too short a notice',
  horizonDays: 'that is too late',
  maxMoves: 'the call cannot be moved any more',
  maxTotalShiftMinutes: 'the call cannot be moved so far',
};

export const saidOf = (refusal: Refusal | GuestLinkRefusal): string | undefined =>
  'rule' in refusal ? SAID_OF_RULE[refusal.rule] : SAID[refusal.kind];

/** What a form calls its fields. */
const LABELS: Record<string, string> = { startUtc: 'the time', reason: 'the reason' };

/** What a page says of a problem: the names of fields mean nothing to a guest. */
export const saidOnPage = ({ issues, message }: Problem): string =>
  issues?.map((issue) => `${LABELS[issue.path] ?? issue.path} ${issue.message}`.trimStart()).join('; ') ??
  message;
