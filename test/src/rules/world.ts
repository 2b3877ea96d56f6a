import { createScheduler, type Call, type CallRequest, type Scheduler } from '@reslot/core';
import { fixedClock, type FixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
import { policyOf, type Scene } from './scene.ts';
import { BEFORE, timeOf } from './times.ts';

/** Where a scene happens: the engine as it is, on memory. */
export interface World {
  readonly scheduler: Scheduler;
  readonly clock: FixedClock;
  readonly db: MemoryDatabase;
  /** The calls of the series, in their order; empty without one. */
  readonly series: string[];
}

export const told = { appId: 'app', actor: { type: 'api', id: 'page' }, source: 'page' } as const;
export const guest = {
  guestName: 'Amina',
  guestEmail: 'amina@example.com',
  appTimezone: 'UTC',
} as const;

const SERIES = ['20 Oct 10:00 in Paris', '27 Oct 10:00 in Paris', '3 Nov 10:00 in Paris'].map(timeOf);

const DONE = new Set(['accepted', 'agent_saved', 'policy_saved', 'held_for_you', 'series']);

/** Throws unless it was done: a scene begins as its row says. */
export async function done<Answer extends { readonly kind: string }>(
  answer: Promise<Answer>,
): Promise<Answer> {
  const { kind } = await answer;
  if (!DONE.has(kind)) throw new Error(`the scene cannot begin: ${kind}`);
  return answer;
}

type Untold<Request> = Request extends CallRequest
  ? Omit<Request, keyof typeof told> & { readonly appId?: string }
  : never;

/** Carries out what happens to a call before anything is asked. */
export async function happen(world: World, request: Untold<CallRequest>, at = BEFORE): Promise<void> {
  world.clock.set(at);
  await done(world.scheduler.execute({ ...told, ...request }));
}

export function callIn({ db }: World, id: string): Call {
  const call = [...db.calls.values()].find((one) => one.id === id);
  if (!call) throw new Error(`no call ${id}`);
  return call;
}

/** The id of one of the series. */
export function inSeries({ series }: World, index: number): string {
  const id = series[index];
  if (id === undefined) throw new Error(`the series has no call ${index}`);
  return id;
}

/** Has all happen that the scene begins with. */
export async function begin(scene: Scene): Promise<World> {
  const clock = fixedClock(BEFORE);
  const db = memoryDatabase();
  let calls = 0;
  const ids = { callId: () => `made-${(calls += 1)}` };
  const scheduler = createScheduler({ store: memoryStore(db), clock, ids });
  const world: World = { scheduler, clock, db, series: [] };
  for (const id of ['ana', 'ben', 'cy']) {
    await saveAgent(world, id, true);
    await saveAgent(world, id, true, 'elsewhere');
  }
  await book(world, scene);
  for (const step of scene.past) await step(world);
  clock.set(BEFORE);
  if (scene.status) await happen(world, { type: scene.status, callId: 'call' });
  for (const step of scene.holds) await step(world);
  for (const id of scene.inactive) await saveAgent(world, id, false);
  for (const [agentId, availability] of scene.availability) {
    await done(scheduler.saveAvailability({ appId: 'app', agentId, availability }));
  }
  await done(scheduler.savePolicy({ appId: 'app', policy: policyOf(scene) }));
  clock.set(scene.now);
  return world;
}

const saveAgent = ({ scheduler }: World, id: string, active: boolean, appId = 'app') =>
  done(scheduler.saveAgent({ agent: { appId, id, name: id, active } }));

async function book(world: World, { booking, others, series }: Scene): Promise<void> {
  const first = { type: 'create', ...guest, agentId: 'ana', startsAt: timeOf('Tue 10:00') } as const;
  await happen(world, { ...first, callId: 'call', ...booking });
  for (const [index, other] of others.entries()) {
    const callId = `other-${index}`;
    await happen(world, { ...first, callId, ...other.booking });
    if (other.status) await happen(world, { type: other.status, callId });
  }
  if (!series) return;
  const one = { ...told, ...guest, type: 'create', appTimezone: 'Europe/Paris', agentId: 'ana' } as const;
  const answer = await done(world.scheduler.bookSeries({ booking: one, starts: SERIES }));
  if (answer.kind === 'series') world.series.push(...answer.results.map(({ callId }) => callId));
}
