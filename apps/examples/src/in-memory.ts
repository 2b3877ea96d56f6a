/** The engine inside a program, with nothing around it: no server, no database. */
import { systemClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { memoryStore } from '@reslot/adapters/memory';
import { createScheduler, DAY, MINUTE } from '@reslot/core';

const scheduler = createScheduler({ store: memoryStore(), clock: systemClock, ids: uuidIds });
const me = { appId: 'my-app', actor: { type: 'admin', id: 'me' }, source: 'example' } as const;
const tomorrow = systemClock.now() + DAY;

await scheduler.saveAgent({ agent: { appId: 'my-app', id: 'ana', name: 'Ana', active: true } });

const book = (guestName: string, startsAt: number) =>
  scheduler.execute({
    ...me,
    type: 'create',
    guestName,
    startsAt,
    agentId: 'ana',
    appTimezone: 'Europe/Paris',
  });

const first = await book('Amina', tomorrow);
const second = await book('Bruno', tomorrow + 60 * MINUTE);
if (first.kind !== 'accepted' || second.kind !== 'accepted') throw new Error('the agent was not free');

const move = (callId: string, startsAt: number) =>
  scheduler.execute({ ...me, type: 'reschedule', callId, edits: { startsAt }, reason: 'The guest asked' });

// Half an hour later is free; 45 minutes later runs into Bruno's call.
for (const minutes of [30, 45]) {
  const outcome = await move(first.call.id, tomorrow + minutes * MINUTE);
  console.log(`${minutes} minutes later:`, outcome.kind === 'accepted' ? 'moved' : outcome.kind);
}
