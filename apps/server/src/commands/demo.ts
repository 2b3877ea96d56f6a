import { newAppId } from '@reslot/adapters/ids';
import { DAY, MINUTE, type Call, type Instant, type CallRequest, type Transition } from '@reslot/core';
import type { Services } from '../services.ts';
import { issueKey, type IssuedKey } from './keys.ts';

/** What demo apps are called. */
export const DEMO_NAME = 'Demo';

const AGENTS = [
  { id: 'ana', name: 'Ana Ruiz' },
  { id: 'ben', name: 'Ben Okafor' },
  { id: 'chloe', name: 'Chloé Martin' },
];
const GUESTS = [
  'Amina',
  'Bruno',
  'Chen',
  'Dina',
  'Elif',
  'Farid',
  'Greta',
  'Hiro',
  'Inés',
  'Jonas',
  'Kofi',
  'Lena',
];

const HOUR = 60 * MINUTE;
const DAYS = 6;
/** Hours of each day, in UTC, at which each agent has a call. From 15:00 on every agent is free. */
const HOURS = [9, 13];
/** What becomes of the first calls: one of each final state, one under way, one confirmed. */
const FATES: readonly Transition[] = ['complete', 'cancel', 'no_show', 'start', 'confirm'];

/** A move of a call to a slot that is free. */
export interface Move {
  readonly call: Call;
  readonly to: Instant;
}

/** A demo app, and two moves to try on it. */
export interface Demo {
  readonly issued: IssuedKey;
  readonly agents: number;
  readonly calls: number;
  readonly moves: readonly [Move, Move];
}

/** Fills an app with agents and with calls over the coming days, through the same door as every client. */
export async function makeDemo({ credentials, scheduler, clock }: Services): Promise<Demo> {
  const now = clock.now();
  const appId = newAppId();
  await credentials.addApp({ id: appId, name: DEMO_NAME, createdAt: now });
  const issued = await issueKey(
    credentials,
    {
      appId,
      scopes: ['scheduling:read', 'scheduling:write', 'scheduling:admin', 'webhooks:manage'],
      lifetime: null,
    },
    now,
  );

  const told = { appId, actor: { type: 'admin', id: 'demo' }, source: 'demo' } as const;
  const execute = async (request: CallRequest): Promise<Call> => {
    const outcome = await scheduler.execute(request);
    if (outcome.kind !== 'accepted') throw new Error(`the demo was refused: ${outcome.kind}`);
    return outcome.call;
  };

  for (const { id, name } of AGENTS) {
    await scheduler.saveAgent({ agent: { appId, id, name, active: true } });
  }
  const calls = await Promise.all(
    slotsAfter(now).map((slot, index) => execute({ type: 'create', ...told, ...slot, ...guest(index) })),
  );
  const [first, second, ...others] = calls;
  if (!first || !second) throw new Error('the demo has too few calls');
  await Promise.all(
    FATES.flatMap((type, index) => {
      const call = others[index];
      return call ? [execute({ type, ...told, callId: call.id, reason: 'Demo' })] : [];
    }),
  );
  return { issued, agents: AGENTS.length, calls: calls.length, moves: [afternoon(first), afternoon(second)] };
}

const afternoon = (call: Call): Move => ({ call, to: call.startsAt + 7 * HOUR });

/** Every agent's hours of the coming days, from tomorrow on, in the order of their time. */
function slotsAfter(now: Instant): { startsAt: Instant; agentId: string }[] {
  const midnight = now - (now % DAY) + DAY;
  return Array.from({ length: DAYS }, (_, day) => day).flatMap((day) =>
    HOURS.flatMap((hour) =>
      AGENTS.map(({ id }) => ({ startsAt: midnight + day * DAY + hour * HOUR, agentId: id })),
    ),
  );
}

function guest(index: number): { guestName: string; guestEmail: string; appTimezone: string } {
  const name = GUESTS[index % GUESTS.length] ?? 'Guest';
  return { guestName: name, guestEmail: `guest${index + 1}@example.com`, appTimezone: 'Europe/Paris' };
}
