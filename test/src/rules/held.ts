import { MINUTE } from '@reslot/core';
import { NOW, timeOf, TIME } from './times.ts';
import { group, type Vocabulary } from './words.ts';
import { done, told } from './world.ts';

/** What is held of Ana's time when something is asked. */

/** For whom a hold can be, and the call that it is for. */
const FOR: Record<string, string> = { 'the call': 'call', 'another call': 'other-0' };

export const HELD: Vocabulary = [
  [
    `${TIME} to (\\d\\d:\\d\\d) until (Mon \\d\\d:\\d\\d)(?: for (${Object.keys(FOR).join('|')}))?`,
    (scene, found) => {
      const startsAt = timeOf(group(found, 0));
      const end = timeOf(group(found, 0).replace(/\d\d:\d\d/, group(found, 1)));
      const expiresAt = timeOf(group(found, 2));
      const callId = FOR[group(found, 3)];
      // A call brings its length.
      const durationMinutes = callId === undefined ? (end - startsAt) / MINUTE : undefined;
      if (callId === 'other-0') scene.others.push({ booking: { startsAt: timeOf('Fri 10:00') } });
      scene.holds.push(async ({ scheduler, clock }) => {
        clock.set(expiresAt - 30 * MINUTE);
        const place = { agentId: 'ana', startsAt, durationMinutes, callId };
        await done(scheduler.placeHold({ ...told, ...place, holdId: 'hold', seconds: 1_800 }));
      });
    },
  ],
  [
    '(\\d+) others',
    ({ holds }, found) => {
      holds.push(async ({ scheduler, clock }) => {
        clock.set(NOW);
        for (let count = 0; count < Number(group(found, 0)); count += 1) {
          const place = {
            agentId: 'ana',
            startsAt: timeOf('Fri 00:00') + count * MINUTE,
            durationMinutes: 1,
          };
          await done(scheduler.placeHold({ ...told, ...place, holdId: `hold-${count}`, seconds: 600 }));
        }
      });
    },
  ],
];
