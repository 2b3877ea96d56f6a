import type { CallRequest, Instant } from '@reslot/core';
import { commandOf, once } from './asking.ts';
import type { Scene } from './scene.ts';
import { BEFORE, NOW, timeOf, TIME } from './times.ts';
import { agentOf, AGENT, group, type Vocabulary } from './words.ts';
import { happen, inSeries } from './world.ts';

/** What has happened before something is asked. */

const ON = `(?: on ${TIME})?`;
const dateOf = (text: string): Instant => (text === '' ? BEFORE : timeOf(text));

const call = { callId: 'call' } as const;
const move = { ...call, type: 'reschedule' } as const;

/** Of the call, one after the other. */
export const HISTORY: Vocabulary = [
  [
    `moved to ${TIME}(?: with ${AGENT})?${ON}`,
    ({ past }, found) => {
      const agent = group(found, 1);
      const edits = { startsAt: timeOf(group(found, 0)), ...(agent && { agentId: agentOf(agent) }) };
      past.push((world) => happen(world, { ...move, edits }, dateOf(group(found, 2))));
    },
  ],
  [
    `given to ${AGENT}${ON}`,
    ({ past }, found) => {
      const edits = { agentId: agentOf(group(found, 0)) };
      past.push((world) => happen(world, { ...move, edits }, dateOf(group(found, 1))));
    },
  ],
  [
    `undone on ${TIME}`,
    ({ past }, found) => {
      past.push((world) => happen(world, { ...call, type: 'undo' }, timeOf(group(found, 0))));
    },
  ],
  [
    'called Bo',
    ({ past }) => void past.push((world) => happen(world, { ...move, edits: { guestName: 'Bo' } })),
  ],
  [
    'a reminder (\\d+) minutes before',
    ({ past }, found) => {
      const minutesBefore = Number(group(found, 0));
      past.push((world) => happen(world, { ...call, type: 'remind', minutesBefore }));
    },
  ],
  [
    '(\\d+) reminders by hand',
    ({ past }, found) => {
      for (let count = 1; count <= Number(group(found, 0)); count += 1) {
        past.push((world) => happen(world, { ...call, type: 'remind', minutesBefore: 100 + count }));
      }
    },
  ],
  [
    `looked for reminders on ${TIME}`,
    ({ past }, found) => {
      past.push((world) => happen(world, { ...call, type: 'fire_reminders' }, timeOf(group(found, 0))));
    },
  ],
];

const ORDINALS = ['first', 'second', 'third'];

/** Of calls of the series. */
export const SERIES_HISTORY: Vocabulary = [
  [
    `the (${ORDINALS.join('|')}) was moved to ${TIME}`,
    ({ past }, found) => {
      const edits = { startsAt: timeOf(group(found, 1)) };
      past.push((world) =>
        happen(world, { ...move, callId: inSeries(world, ORDINALS.indexOf(group(found, 0))), edits }),
      );
    },
  ],
  [
    `the (${ORDINALS.join('|')}) was (cancel|start)(?:l?ed)`,
    ({ past }, found) => {
      const type = group(found, 1) === 'start' ? 'start' : 'cancel';
      past.push((world) =>
        happen(world, { type, callId: inSeries(world, ORDINALS.indexOf(group(found, 0))) }),
      );
    },
  ],
];

export const SERIES: Vocabulary = ORDINALS.map((ordinal, of) => [
  `the ${ordinal}`,
  (scene) => void (scene.series = { scope: 'all', ...scene.series, of }),
]);

const KEY = 'key';

/** With the key that is asked with now. */
export const WITH_THE_KEY: Vocabulary = [
  [`the same${ON}`, (scene, found) => repeated(scene, dateOf(group(found, 0)), () => commandOf(scene))],
  [
    `a move to ${TIME}${ON}`,
    (scene, found) => {
      const edits = { startsAt: timeOf(group(found, 0)) };
      repeated(scene, dateOf(group(found, 1)), () => commandOf({ ...scene, edits }));
    },
  ],
  [
    `and then a move to ${TIME}`,
    ({ past }, found) => {
      const edits = { startsAt: timeOf(group(found, 0)) };
      past.push((world) => happen(world, { ...move, edits }, NOW));
    },
  ],
  ['nothing', (scene) => void (scene.key = KEY)],
];

function repeated(scene: Scene, at: Instant, command: () => CallRequest): void {
  scene.key = KEY;
  scene.past.push(async (world) => {
    world.clock.set(at);
    await once(world, command(), KEY);
  });
}
