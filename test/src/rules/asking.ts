import { ALWAYS, type CallRequest, type Scheduler } from '@reslot/core';
import { WANTED, wantedStart, type Scene } from './scene.ts';
import { guest, inSeries, told, type World } from './world.ts';

/** Carries out what a scene asks for. */

export type Answer = Awaited<
  ReturnType<
    Scheduler[
      | 'executeOnce'
      | 'executeMany'
      | 'placeHold'
      | 'releaseHold'
      | 'saveAvailability'
      | 'changeSeries']
  >
>;

export function ask(world: World, scene: Scene): Promise<Answer> {
  const { scheduler } = world;
  const { wish, many, edits } = scene;
  if (wish === 'hold') return scheduler.placeHold(holdOf(scene));
  if (wish === 'release') return scheduler.releaseHold({ appId: 'app', holdId: scene.holdId ?? 'hold' });
  if (wish === 'availability') {
    return scheduler.saveAvailability({
      appId: 'app',
      agentId: edits?.agentId ?? 'ana',
      availability: ALWAYS,
    });
  }
  const command = commandOf(scene);
  if (many && command.type === 'reschedule') {
    const other = { ...command, callId: 'other-0', edits: many.edits };
    return scheduler.executeMany([command, other], many.mode);
  }
  if (scene.series) {
    const { of, scope } = scene.series;
    const callId = inSeries(world, of);
    if (command.type === 'reschedule') return scheduler.changeSeries({ ...command, callId }, scope);
    if (command.type === 'cancel')
      return scheduler.changeSeries({ ...command, type: 'cancel', callId }, scope);
  }
  return scene.key === undefined ? scheduler.execute(command) : once(world, command, scene.key);
}

/** The fingerprint is that of the whole request, as a server has it. */
export function once({ scheduler }: World, command: CallRequest, digest: string) {
  const key = { appId: 'app', principal: 'page', digest };
  return scheduler.executeOnce(command, {
    key,
    fingerprint: JSON.stringify(command),
    answer: ({ kind }) => kind,
  });
}

function holdOf(scene: Scene) {
  const { actor, edits, heldFor } = scene;
  return {
    ...told,
    actor: { type: actor, id: 'asker' },
    holdId: scene.holdId ?? 'mine',
    agentId: edits?.agentId ?? 'ana',
    startsAt: wantedStart(scene) ?? WANTED,
    callId: heldFor,
    seconds: 600,
  };
}

export function commandOf(scene: Scene): CallRequest {
  const { wish, callId, actor, reason, overrides, versions, holdId, minutesBefore } = scene;
  const { edits = { startsAt: WANTED } } = scene;
  const asked = { ...told, actor: { type: actor, id: 'asker' }, callId, reason };
  if (wish === 'create') {
    const { method: assignmentMethod, newId } = scene;
    const { startsAt = WANTED, agentId } = edits;
    const place = { startsAt, agentId, assignmentMethod, overrides, holdId };
    return { ...asked, ...guest, ...place, type: wish, callId: newId };
  }
  if (wish === 'reschedule') return { ...asked, type: wish, edits, overrides, versions, holdId };
  if (wish === 'undo') return { ...asked, type: wish, overrides, versions, holdId };
  if (wish === 'remind') return { ...asked, type: wish, minutesBefore, versions };
  if (wish === 'look') return { ...asked, type: 'fire_reminders', versions };
  if (wish === 'hold' || wish === 'release' || wish === 'availability')
    throw new Error(`no command: ${wish}`);
  return { ...asked, type: wish, versions };
}
