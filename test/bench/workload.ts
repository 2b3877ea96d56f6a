import { DAY } from '@reslot/core';

/** What every contender has to do: moves of calls of one app to random minutes. */
export interface Workload {
  readonly agents: number;
  readonly callsPerAgent: number;
}

/** What is measured unless something else is asked for. */
export const WORKLOAD: Workload = { agents: 250, callsPerAgent: 40 };

export const APP_ID = '018f3c1e-0000-7000-8000-000000000001';
export const DURATION_MINUTES = 30;
/** Days over which the calls lie: so many that few moves meet a slot that is taken. */
export const DAYS = 700;

export const callId = (index: number): string =>
  `018f3c1e-0000-7000-9000-${index.toString(16).padStart(12, '0')}`;

export const agentId = (index: number): string => `agent-${index}`;

/** A midnight of UTC from which on there is a booking. */
export const firstDay = (now: number): number => Math.floor(now / DAY) * DAY + 2 * DAY;
