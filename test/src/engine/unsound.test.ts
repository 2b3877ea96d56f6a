import { ALWAYS, DAY, DEFAULT_POLICY } from '@reslot/core';
import { expect, test } from 'vitest';
import { at, engine, told, watched } from './watched.ts';

const query = {
  appId: 'app',
  actor: told.actor,
  agentId: 'ana',
  from: at(0),
  to: at(120),
  durationMinutes: 30,
};
const hold = { ...told, agentId: 'ana', startsAt: at(60), seconds: 60 };
const release = { appId: 'app', holdId: 'h' };
const agent = { appId: 'app', id: 'ana', name: 'Ana', active: true };
const hours = { appId: 'app', agentId: 'ana', availability: ALWAYS };
const saving = { appId: 'app', policy: DEFAULT_POLICY };
const absence = { ...told, agentId: 'ana', off: { from: at(0), to: at(60) }, reason: null };

type Scheduler = Awaited<ReturnType<typeof engine>>;
const asked = {
  openSlots: (scheduler: Scheduler, changed: object) =>
    scheduler.openSlots(Object.assign({}, query, changed)),
  placeHold: (scheduler: Scheduler, changed: object) => scheduler.placeHold(Object.assign({}, hold, changed)),
  releaseHold: (scheduler: Scheduler, changed: object) =>
    scheduler.releaseHold(Object.assign({}, release, changed)),
  displaced: (scheduler: Scheduler, changed: object) =>
    scheduler.displaced(Object.assign({}, absence, changed)),
  saveAgent: (scheduler: Scheduler, changed: object) =>
    scheduler.saveAgent({ agent: Object.assign({}, agent, changed) }),
  saveAvailability: (scheduler: Scheduler, changed: object) =>
    scheduler.saveAvailability(Object.assign({}, hours, changed)),
  savePolicy: (scheduler: Scheduler, changed: object) =>
    scheduler.savePolicy(Object.assign({}, saving, changed)),
};
type Operation = keyof typeof asked;

const robot = { actor: { type: 'robot', id: 'me' } };
const nameless = { actor: { type: 'api', id: '' } };

test.each<[Operation, string, object]>([
  ['openSlots', 'appId', { appId: 'a b' }],
  ['openSlots', 'actor.type', robot],
  ['openSlots', 'actor.id', nameless],
  ['openSlots', 'from', { from: Number.NaN }],
  ['openSlots', 'to', { to: Number.NaN }],
  ['openSlots', 'agentId', { agentId: 'a b' }],
  ['openSlots', 'callId', { callId: 'a b', durationMinutes: undefined }],
  ['openSlots', 'durationMinutes', { durationMinutes: 4 }],
  ['openSlots', 'durationMinutes', { durationMinutes: 481 }],
  ['openSlots', 'bufferBeforeMinutes', { bufferBeforeMinutes: -1 }],
  ['openSlots', 'bufferAfterMinutes', { bufferAfterMinutes: -1 }],
  ['openSlots', 'stepMinutes', { stepMinutes: 0 }],
  ['openSlots', 'stepMinutes', { stepMinutes: 1441 }],
  ['openSlots', 'respectHours', { respectHours: 'yes' }],
  ['openSlots', 'durationMinutes', { durationMinutes: undefined }],
  ['openSlots', 'callId', { callId: 'a' }],
  ['openSlots', 'to', { to: query.from }],
  ['openSlots', 'to', { to: query.from + 400 * DAY + 1, stepMinutes: 1440 }],
  ['placeHold', 'appId', { appId: 'a b' }],
  ['placeHold', 'holdId', { holdId: 'a b' }],
  ['placeHold', 'agentId', { agentId: 'a b' }],
  ['placeHold', 'startsAt', { startsAt: Number.NaN }],
  ['placeHold', 'seconds', { seconds: 9 }],
  ['placeHold', 'seconds', { seconds: 1801 }],
  ['placeHold', 'actor.type', robot],
  ['placeHold', 'actor.id', nameless],
  ['placeHold', 'source', { source: '' }],
  ['placeHold', 'callId', { callId: 'a b' }],
  ['placeHold', 'durationMinutes', { durationMinutes: 0 }],
  ['placeHold', 'bufferBeforeMinutes', { bufferBeforeMinutes: -1 }],
  ['placeHold', 'bufferAfterMinutes', { bufferAfterMinutes: -1 }],
  ['placeHold', 'callId', { callId: 'a', durationMinutes: 30 }],
  ['releaseHold', 'appId', { appId: 'a b' }],
  ['releaseHold', 'holdId', { holdId: 'a b' }],
  ['displaced', 'appId', { appId: 'a b' }],
  ['displaced', 'agentId', { agentId: 'a b' }],
  ['displaced', 'actor.type', robot],
  ['displaced', 'actor.id', nameless],
  ['displaced', 'source', { source: '' }],
  ['displaced', 'off.from', { off: { from: Number.NaN, to: at(60) } }],
  ['displaced', 'off.to', { off: { from: at(0), to: Number.NaN } }],
  ['displaced', 'off.to', { off: { from: at(0), to: at(0) } }],
  ['displaced', 'off.to', { off: { from: at(0), to: at(0) + 100 * DAY + 1 } }],
  ['saveAgent', 'agentId', { id: 'a b' }],
  ['saveAvailability', 'agentId', { agentId: 'a b' }],
  ['savePolicy', 'appId', { appId: 'a b' }],
])('%s is refused for its %s before anything is loaded: %j', async (operation, path, changed) => {
  const { store, loads } = watched();
  const scheduler = await engine(store);
  loads.length = 0;
  expect(await asked[operation](scheduler, changed)).toEqual({
    kind: 'invalid',
    issues: [{ path, message: expect.stringMatching(/\w/) }],
  });
  expect(loads).toEqual([]);
});

test.each<[Operation, string, object]>([
  ['openSlots', 'open_slots', { durationMinutes: 5, stepMinutes: 1 }],
  ['openSlots', 'open_slots', { durationMinutes: 480, stepMinutes: 1440, to: query.from + 400 * DAY }],
  ['placeHold', 'held_for_you', { seconds: 10 }],
  ['placeHold', 'held_for_you', { seconds: 1800 }],
  ['releaseHold', 'hold_not_found', {}],
  ['displaced', 'displacement', { off: { from: at(0), to: at(0) + 100 * DAY } }],
  ['displaced', 'agent_not_found', { agentId: 'zoe' }],
  ['saveAvailability', 'agent_not_found', { agentId: 'zoe' }],
])('%s is answered %s at its bounds: %j', async (operation, kind, changed) => {
  const scheduler = await engine(watched().store);
  expect(await asked[operation](scheduler, changed)).toMatchObject({ kind });
});

test('an agent who is as wanted already is not written, and one who differs in anything is', async () => {
  const { store, commits } = watched();
  const scheduler = await engine(store);
  const written = async (changed: object) => {
    commits.length = 0;
    await scheduler.saveAgent({ agent: { ...agent, name: 'ana', ...changed } });
    return commits.length;
  };
  expect([await written({}), await written({ email: null }), await written({ turn: 7 })]).toEqual([0, 0, 0]);
  expect([await written({ name: 'Ana' }), await written({ email: 'ana@example.com' })]).toEqual([1, 1]);
  expect([await written({ active: false }), await written({ active: false })]).toEqual([1, 0]);
});
