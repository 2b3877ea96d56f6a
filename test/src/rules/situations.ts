import { ACTOR_TYPES, MINUTE, type ActorPolicy, type CreateCall, type Transition } from '@reslot/core';
import { available, type Other, type Scene } from './scene.ts';
import { timeOf, TIME } from './times.ts';
import { agentOf, AGENT, AGENT_OR_NOBODY, agentOrNobody, group, type Vocabulary } from './words.ts';

/** How things are when something is asked. */

const STATUSES: Record<string, Transition> = {
  confirmed: 'confirm',
  started: 'start',
  completed: 'complete',
  cancelled: 'cancel',
  missed: 'no_show',
};

const AFTER_BOOKING = `(${Object.keys(STATUSES).join('|')})`;

/** Of a booking: whose, how long, and what becomes of it. */
const bookingWords = (of: (scene: Scene) => Other): Vocabulary => {
  const add = (scene: Scene, more: Partial<CreateCall>) => {
    const one = of(scene);
    one.booking = { ...one.booking, ...more };
  };
  return [
    ['scheduled', () => {}],
    ['pending confirmation', (scene) => add(scene, { requireConfirmation: true })],
    [AFTER_BOOKING, (scene, found) => (of(scene).status = STATUSES[group(found, 0)])],
    [`starts ${TIME}`, (scene, found) => add(scene, { startsAt: timeOf(group(found, 0)) })],
    [`of ${AGENT_OR_NOBODY}`, (scene, found) => add(scene, { agentId: agentOrNobody(group(found, 0)) })],
    ['(\\d+) minutes long', (scene, found) => add(scene, { durationMinutes: Number(group(found, 0)) })],
    [
      '(\\d+) minutes kept before',
      (scene, found) => add(scene, { bufferBeforeMinutes: Number(group(found, 0)) }),
    ],
    [
      '(\\d+) minutes kept after',
      (scene, found) => add(scene, { bufferAfterMinutes: Number(group(found, 0)) }),
    ],
    ['by turns', (scene) => add(scene, { agentId: null, assignmentMethod: 'round_robin' })],
    ['in another app', (scene) => add(scene, { appId: 'elsewhere' })],
  ];
};

export const THE_CALL: Vocabulary = bookingWords((scene) => scene);

/** The phrase that begins with an agent is one more call, which the phrases after it are about. */
export const OTHER_CALLS: Vocabulary = [
  [
    `${AGENT_OR_NOBODY}'s ${TIME} to (\\d\\d:\\d\\d)`,
    (scene, found) => {
      const startsAt = timeOf(group(found, 1));
      const end = timeOf(group(found, 1).replace(/\d\d:\d\d/, group(found, 2)));
      const durationMinutes = (end - startsAt) / MINUTE;
      const agentId = agentOrNobody(group(found, 0));
      scene.others.push({ booking: { agentId, startsAt, durationMinutes } });
    },
  ],
  ...bookingWords((scene) => {
    const last = scene.others.at(-1);
    if (!last) throw new Error('whose call?');
    return last;
  }),
];

const number =
  (field: Exclude<keyof ActorPolicy, 'allowed' | 'reasonRequired'>) =>
  (scene: Scene, found: readonly string[]): void => {
    scene.rules = { ...scene.rules, [field]: Number(group(found, 0)) };
  };

export const POLICY: Vocabulary = [
  ...ACTOR_TYPES.map((actor): Vocabulary[number] => [
    `for ${actor}s?`,
    (scene) => void (scene.ruled = [actor]),
  ]),
  ['may not move calls', (scene) => void (scene.rules = { ...scene.rules, allowed: false })],
  ['a reason', (scene) => void (scene.rules = { ...scene.rules, reasonRequired: true })],
  ['until (\\d+) minutes after the start', number('graceAfterStartMinutes')],
  ['until (\\d+) minutes before the start', number('minNoticeToOldMinutes')],
  ['to no start within (\\d+) minutes', number('minNoticeToNewMinutes')],
  ['at most (\\d+) days ahead', number('horizonDays')],
  ['at most (\\d+) moves?', number('maxMoves')],
  ['at most (\\d+) minutes from the first start', number('maxTotalShiftMinutes')],
  [
    'at most (\\d+) calls? a day',
    (scene, found) => {
      scene.ofApp = { ...scene.ofApp, dailyCap: { calls: Number(group(found, 0)), timezone: 'UTC' } };
    },
  ],
  [
    'at most (\\d+) calls? a day in (Asia/Tokyo)',
    (scene, found) => {
      const dailyCap = { calls: Number(group(found, 0)), timezone: group(found, 1) };
      scene.ofApp = { ...scene.ofApp, dailyCap };
    },
  ],
  ['a version', (scene) => void (scene.ofApp = { ...scene.ofApp, versionRequired: true })],
  [
    'undo within (\\d+) minutes',
    (scene, found) => {
      scene.ofApp = { ...scene.ofApp, undoWindowMinutes: Number(group(found, 0)) };
    },
  ],
];

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const span = (found: readonly string[]) => {
  const from = timeOf(group(found, 1));
  return { from, to: timeOf(group(found, 1).replace(/\d\d:\d\d/, group(found, 2))) };
};

export const AVAILABILITY: Vocabulary = [
  [
    `${AGENT} works (${WEEKDAYS.join('|')}) (\\d\\d:\\d\\d) to (\\d\\d:\\d\\d) in ([A-Za-z/]+)`,
    (scene, found) => {
      const window = {
        weekday: WEEKDAYS.indexOf(group(found, 1)),
        start: group(found, 2),
        end: group(found, 3),
        timezone: group(found, 4),
      };
      available(scene, agentOf(group(found, 0)), { windows: [window] });
    },
  ],
  [
    `${AGENT} is off ${TIME} to (\\d\\d:\\d\\d)`,
    (scene, found) =>
      available(scene, agentOf(group(found, 0)), { exceptions: [{ kind: 'blocked', ...span(found) }] }),
  ],
  [
    `${AGENT} works also ${TIME} to (\\d\\d:\\d\\d)`,
    (scene, found) =>
      available(scene, agentOf(group(found, 0)), {
        exceptions: [{ kind: 'available_extra', ...span(found) }],
      }),
  ],
  [
    `${AGENT} is left alone ${TIME} to (\\d\\d:\\d\\d)`,
    (scene, found) => available(scene, agentOf(group(found, 0)), { doNotDisturb: [span(found)] }),
  ],
  [`${AGENT} is inactive`, (scene, found) => void scene.inactive.add(agentOf(group(found, 0)))],
];
