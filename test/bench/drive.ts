import { DAY, MINUTE, type Scheduler } from '@reslot/core';
import type { Random } from '../src/random.ts';
import { callId, DAYS, firstDay } from './workload.ts';

/** Moves of the engine alone, without HTTP. */
export interface Drive {
  readonly scheduler: Scheduler;
  readonly appId: string;
  /** Calls to choose from. */
  readonly firstCall: number;
  readonly calls: number;
  /** Moves under way at once. */
  readonly atOnce: number;
  readonly seconds: number;
  readonly random: Random;
}

export interface Driven {
  readonly perSecond: number;
  /** Share of the moves that met a slot that was taken. */
  readonly refused: number;
}

/** Moves random calls to random minutes, each as soon as the one before it is answered. */
export async function drive({
  scheduler,
  appId,
  firstCall,
  calls,
  atOnce,
  seconds,
  random,
}: Drive): Promise<Driven> {
  const first = firstDay(Date.now());
  const end = performance.now() + seconds * 1000;
  let moves = 0;
  let refused = 0;
  const begun = performance.now();
  const mover = async (): Promise<void> => {
    while (performance.now() < end) {
      const outcome = await scheduler.execute({
        type: 'reschedule',
        appId,
        actor: { type: 'api', id: 'bench' },
        source: 'bench',
        callId: callId(firstCall + random(calls)),
        edits: { startsAt: first + random((DAYS * DAY) / MINUTE) * MINUTE },
      });
      if (outcome.kind !== 'accepted' && outcome.kind !== 'slot_taken')
        throw new Error(`not moved: ${outcome.kind}`);
      moves += 1;
      if (outcome.kind === 'slot_taken') refused += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, mover));
  return { perSecond: moves / ((performance.now() - begun) / 1000), refused: refused / moves };
}
