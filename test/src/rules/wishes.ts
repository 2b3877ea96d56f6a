import { ACTOR_TYPES, MODES, OVERRIDES, SERIES_SCOPES, type Edits } from '@reslot/core';
import type { Scene, Wish } from './scene.ts';
import { timeOf, TIME } from './times.ts';
import { agentOf, AGENT, group, type Vocabulary } from './words.ts';

/** What is asked, by whom and how. */

const edit = (scene: Scene, more: Edits): void => {
  scene.edits = { ...scene.edits, ...more };
};

const WISHES: Record<string, Wish> = {
  undo: 'undo',
  'a new call': 'create',
  'a hold': 'hold',
  'let go of the hold': 'release',
  'look for reminders': 'look',
  confirm: 'confirm',
  start: 'start',
  cancel: 'cancel',
};

export const ASKED: Vocabulary = [
  ...Object.entries(WISHES).map(([phrase, wish]): Vocabulary[number] => [
    phrase,
    (scene) => void (scene.wish = wish),
  ]),
  [
    `other hours of ${AGENT}`,
    (scene, found) => {
      scene.wish = 'availability';
      edit(scene, { agentId: agentOf(group(found, 0)) });
    },
  ],
  [TIME, (scene, found) => edit(scene, { startsAt: timeOf(group(found, 0)) })],
  [`with ${AGENT}`, (scene, found) => edit(scene, { agentId: agentOf(group(found, 0)) })],
  ['with anybody', (scene) => edit(scene, { assignment: 'any' })],
  ['with the same, else anybody', (scene) => edit(scene, { assignment: 'prefer_keep' })],
  ['the name Bo', (scene) => edit(scene, { guestName: 'Bo' })],
  ['the name Amina', (scene) => edit(scene, { guestName: 'Amina' })],
  ['no name', (scene) => edit(scene, { guestName: '' })],
  ['by turns', (scene) => void (scene.method = 'round_robin')],
  ['from the pool', (scene) => void (scene.method = 'pool')],
  ['with the id of the call', (scene) => void (scene.newId = 'call')],
  ['for the call', (scene) => void (scene.heldFor = 'call')],
  ['by the hold', (scene) => void (scene.holdId = 'hold')],
  ['by another hold', (scene) => void (scene.holdId = 'other')],
  [
    'a reminder (\\d+) minutes before',
    (scene, found) => {
      scene.wish = 'remind';
      scene.minutesBefore = Number(group(found, 0));
    },
  ],
];

export const NOW_IS: Vocabulary = [[TIME, (scene, found) => void (scene.now = timeOf(group(found, 0)))]];

export const WHO: Vocabulary = ACTOR_TYPES.map((actor) => [actor, (scene) => void (scene.actor = actor)]);

/** In quotes, so that spaces can be seen. */
export const REASON: Vocabulary = [['"([^"]*)"', (scene, found) => void (scene.reason = group(found, 0))]];

export const OVERRIDE: Vocabulary = OVERRIDES.map((override) => [
  override,
  (scene) => void (scene.overrides = [...(scene.overrides ?? []), override]),
]);

export const VERSIONS: Vocabulary = [
  ['\\*', (scene) => void (scene.versions = 'any')],
  [
    '(\\d+)( or \\d+)?',
    (scene, found) => {
      scene.versions = found.filter((text) => text !== '').map((text) => Number(text.replace(' or ', '')));
    },
  ],
];

export const SCOPE: Vocabulary = SERIES_SCOPES.map((scope) => [
  scope.replaceAll('_', ' '),
  (scene) => void (scene.series = { of: 0, ...scene.series, scope }),
]);

export const MODE: Vocabulary = MODES.map((mode) => [
  mode.replaceAll('_', ' '),
  (scene) => void (scene.many = { edits: {}, ...scene.many, mode }),
]);

/** What is asked for the other call, in the same request. */
export const ASKED_FOR_THE_OTHER: Vocabulary = [
  [TIME, (scene, found) => other(scene, { startsAt: timeOf(group(found, 0)) })],
  [`with ${AGENT}`, (scene, found) => other(scene, { agentId: agentOf(group(found, 0)) })],
];

const other = (scene: Scene, edits: Edits): void => {
  const { many = { mode: 'atomic', edits: {} } } = scene;
  scene.many = { ...many, edits: { ...many.edits, ...edits } };
};
