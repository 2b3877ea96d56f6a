import { isMovable } from '../../domain/call.ts';
import { MINUTE } from '../../domain/time.ts';
import { minutesBefore, MOST_LATE } from '../../domain/reminders.ts';
import type { Attempted } from '../../domain/telling/deliveries.ts';
import type { System } from './attempt.ts';
import type { EventPublisher, PublishOutcome } from './event-publisher.ts';
import type { GuestLinks } from '../guest-links.ts';
import type { ScheduleQueries } from '../queries.ts';
import type { ReminderChannel, ReminderOutcome } from './reminder-channel.ts';

/** Destinations for every app: what they want, and how it goes there. */

/** Every event of every app, by a publisher. */
export const publishing = (publisher: EventPublisher): System => ({
  name: '@publisher',
  wants: () => true,
  async deliver({ id, type, body, event: { appId, callId } }) {
    return attemptedByPublisher(await publisher.publish({ id, appId, callId, type, body }));
  },
});

export interface RemindingPorts {
  readonly channel: ReminderChannel;
  readonly queries: Pick<ScheduleQueries, 'call' | 'agent'>;
  /** Whose links guests are sent; without it, none. They have to hold wherever they are opened. */
  readonly guestLinks?: Pick<GuestLinks, 'urlFor'> | undefined;
}

/** Every reminder that is due, by a channel to guests; unless it does not belong to its call any more. Of several channels each has a name of its own. */
export const reminding = (
  { channel, queries, guestLinks }: RemindingPorts,
  name: System['name'] = '@reminders',
): System => ({
  name,
  wants: ({ type }) => type === 'reminder_due',
  async deliver({ id, event }, at) {
    const line = event.type === 'reminder_due' ? event.reminders[0] : undefined;
    if (line === undefined || line.from === null) return { kind: 'needless', told: 'no reminder' };
    const call = await queries.call(event.appId, event.callId);
    const minutes = minutesBefore(line.kind);
    if (!call || !isMovable(call.status) || call.startsAt !== line.from + minutes * MINUTE) {
      return { kind: 'needless', told: 'the call has changed' };
    }
    if (at - line.from > MOST_LATE || at >= call.startsAt) return { kind: 'needless', told: 'too late' };
    const agent = call.agentId === null ? undefined : await queries.agent(call.appId, call.agentId);
    const guestLink = await guestLinks?.urlFor(call);
    const { intakeNotes: _, ...summary } = call;
    const due = {
      messageId: id,
      call: summary,
      agent,
      guestLink,
      kind: line.kind,
      minutesBefore: minutes,
      at,
    };
    return attemptedByChannel(await channel.send(due));
  },
});

function attemptedByPublisher(outcome: PublishOutcome): Attempted {
  switch (outcome.kind) {
    case 'published':
      return { kind: 'delivered', told: outcome.duplicate ? 'duplicate' : 'published' };
    case 'unreachable':
      return { kind: 'failed', told: outcome.fault };
    case 'refused':
      return { kind: 'failed', told: outcome.message };
  }
}

export function attemptedByChannel(outcome: ReminderOutcome): Attempted {
  switch (outcome.kind) {
    case 'sent':
      return { kind: 'delivered', told: 'sent' };
    case 'unaddressed':
      return { kind: 'needless', told: 'no address' };
    case 'refused':
      return { kind: 'refused_for_good', told: outcome.message };
    case 'unreachable':
      return { kind: 'failed', told: outcome.fault };
  }
}
