import { MINUTE } from '@reslot/core';
import { available, WANTED, type Scene } from './scene.ts';
import { NOW, timeOf } from './times.ts';
import type { Vocabulary } from './words.ts';
import { done, guest, happen, told } from './world.ts';

/** What can stand in the way of a move to Ben on Wednesday, each by itself. */

const off = { kind: 'blocked', from: WANTED, to: WANTED + MINUTE } as const;

/** Overlaps the end of the wanted time; what is held is its beginning. */
const ofBen = { agentId: 'ben', startsAt: WANTED + 20 * MINUTE } as const;

const WAYS: Readonly<Record<string, (scene: Scene) => void>> = {
  'the call is not there': (scene) => void (scene.callId = 'nothing'),
  'the call is over': (scene) => void (scene.status = 'complete'),
  'the call has started': (scene) => void (scene.status = 'start'),
  'it is at another version': (scene) => void (scene.versions = [9]),
  'the policy wants a version': (scene) => void (scene.ofApp = { ...scene.ofApp, versionRequired: true }),
  'the time is past': (scene) => void (scene.edits = { ...scene.edits, startsAt: timeOf('Mon 11:00') }),
  'the policy forbids it': (scene) => void (scene.rules = { ...scene.rules, allowed: false }),
  'Ben is inactive': (scene) => void scene.inactive.add('ben'),
  'Ben is off': (scene) => available(scene, 'ben', { exceptions: [off] }),
  "Ben's day is full": (scene) =>
    void (scene.ofApp = { ...scene.ofApp, dailyCap: { calls: 0, timezone: 'UTC' } }),
  'Ben has a call': ({ past }) =>
    void past.push((world) => happen(world, { ...guest, ...ofBen, type: 'create', callId: 'then' })),
  'it is held for somebody': ({ holds }) =>
    void holds.push(async ({ scheduler, clock }) => {
      clock.set(NOW - MINUTE);
      const time = { agentId: 'ben', startsAt: WANTED, durationMinutes: 5, seconds: 600 };
      await done(scheduler.placeHold({ ...told, ...time, holdId: 'hold' }));
    }),
};

export const IN_THE_WAY: Vocabulary = Object.entries(WAYS).map(([phrase, mean]) => [
  phrase,
  (scene) => {
    scene.edits = { startsAt: WANTED, ...scene.edits, agentId: 'ben' };
    mean(scene);
  },
]);
