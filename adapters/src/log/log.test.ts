import { expect, test } from 'vitest';
import { createLogChannel, type ReminderLine } from './index.ts';

const AT = Date.UTC(2031, 4, 5, 8);
const call = {
  appId: 'app',
  id: 'call',
  status: 'scheduled',
  agentId: 'ana',
  startsAt: Date.UTC(2031, 4, 5, 9),
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  guestName: 'Zoë',
  guestPhone: '+33 1 23 45 67 89',
  guestEmail: 'zoe@example.com',
  guestTimezone: null,
  series: null,
  appTimezone: 'UTC',
  bookingSource: 'api',
  assignmentMethod: 'manual',
  reminders: [],
  moves: { count: 0, firstStartsAt: 0, last: null },
  cancelledAt: null,
  cancellationReason: null,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
  lastSeq: 1,
} as const;
const reminder = { messageId: 'm', call, agent: { name: 'Ana', email: null }, at: AT } as const;

test('each reminder is one line, with nothing of its guest', async () => {
  const lines: ReminderLine[] = [];
  const channel = createLogChannel((line) => lines.push(line));
  expect(await channel.send({ ...reminder, kind: '1h', minutesBefore: 60 })).toEqual({ kind: 'sent' });
  await channel.send({ ...reminder, kind: 'custom_90', minutesBefore: 90 });
  const common = { channel: 'log', app_id: 'app', call_id: 'call' };
  expect(lines).toEqual([
    { ...common, reminder_kind: 'reminder_1h', fire_at: '2031-05-05T08:00:00.000Z' },
    {
      ...common,
      reminder_kind: 'reminder_custom',
      minutes_before: 90,
      fire_at: '2031-05-05T07:30:00.000Z',
    },
  ]);
});
