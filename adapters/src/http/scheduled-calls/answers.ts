import { tellReminder, type Accepted, type ReminderChange } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import type { Answered } from '../endpoint.ts';
import { etagOf } from '../requests/headers.ts';
import { callSchema, callShape } from './shapes.ts';
import { eventSchema, eventShape, reminderChange } from './timeline.ts';

/** What a change is answered with. */

export const changedShape = z.object({ call: callSchema, events: z.array(eventSchema) });

export const changed = z.object({ data: changedShape });

const verdict = z.object({
  rule: z.enum(['time', 'policy', 'agent', 'availability', 'daily_cap', 'slot', 'holds']),
  verdict: z.enum(['passed', 'overridden']),
});

/** What a preview of a change says besides. */
export const foreseenShape = z.object({ reminders: z.array(reminderChange), verdicts: z.array(verdict) });

const preview = z.object({
  data: changedShape.extend({ dry_run: z.literal(true), ...foreseenShape.shape }),
});

/** The version that a preview would be made to: it is told as the ETag. */
export const versionBefore = ({ call, events }: Accepted): number =>
  events.length > 0 ? call.version - 1 : call.version;

/** A change, or what would be one. */
export const changedOrPreview = z.union([preview, changed]);

const shape = ({ call, events }: Accepted) => ({ call: callShape(call), events: events.map(eventShape) });

export const changedAnswer = (accepted: Accepted): Answered<z.infer<typeof changed>> => ({
  content: { data: shape(accepted) },
  headers: { ETag: etagOf(accepted.call) },
});

/** The `Location` is relative, so that it holds wherever the app is mounted. */
export const createdAnswer = (accepted: Accepted): Answered<z.infer<typeof changed>> => {
  const answered = changedAnswer(accepted);
  const headers = { ...answered.headers, Location: `scheduled-calls/${accepted.call.id}` };
  return { ...answered, headers };
};

/** What becomes of each reminder, whatever events it takes. */
function diffOf(events: Accepted['events']): ReminderChange[] {
  const lines = new Map<string, ReminderChange>();
  for (const event of events) {
    for (const line of 'reminders' in event ? event.reminders : []) {
      const { from, reason } = lines.get(line.kind) ?? line;
      lines.set(line.kind, { ...line, from, reason: line.reason ?? reason });
    }
  }
  return [...lines.values()];
}

export const foreseen = ({ events, verdicts }: Accepted): z.infer<typeof foreseenShape> => ({
  reminders: diffOf(events).map(tellReminder),
  verdicts: [...verdicts],
});

export const previewAnswer = (accepted: Accepted): Answered<z.infer<typeof preview>> => ({
  content: { data: { ...shape(accepted), dry_run: true, ...foreseen(accepted) } },
  headers: { ETag: etagOf({ version: versionBefore(accepted) }) },
});
