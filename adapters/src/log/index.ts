import { MINUTE, tellKind, toIso, type ReminderChannel } from '@reslot/core';

/** What is noted of a reminder: nothing of its guest. Names are those of the timeline. */
export type ReminderLine = ReturnType<typeof tellKind> & {
  readonly channel: 'log';
  readonly app_id: string;
  readonly call_id: string;
  /** When the reminder was to come; ISO 8601 in UTC. */
  readonly fire_at: string;
};

/** Reminds nobody: it notes each reminder in one line, by `write`. */
export const createLogChannel = (write: (line: ReminderLine) => void): ReminderChannel => ({
  async send({ call, kind, minutesBefore }) {
    write({
      channel: 'log',
      app_id: call.appId,
      call_id: call.id,
      ...tellKind(kind),
      fire_at: toIso(call.startsAt - minutesBefore * MINUTE),
    });
    return { kind: 'sent' };
  },
});
