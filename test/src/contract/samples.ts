import {
  newAgent,
  NO_CHANGES,
  occupancy,
  slotOf,
  type AgentRecord,
  type Call,
  type CallEvent,
  type Changes,
  type Need,
  type ScheduleStore,
  type Slot,
} from '@reslot/core';

/** Values that the suites store and load. Times are offsets from one morning, so that they read like a calendar. */

export const MORNING = Date.UTC(2031, 4, 5, 9);
export const MINUTES = 60_000;

/** A call with something in every field. */
export const sampleCall = (over: Partial<Call> & Pick<Call, 'appId' | 'id'>): Call => ({
  status: 'scheduled',
  agentId: 'ana',
  startsAt: MORNING,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  guestName: 'Zoë O\'Brien 😀 \\ "x"; --',
  guestPhone: '+33 1 23 45 67 89',
  guestEmail: 'zoe@example.com',
  guestTimezone: 'America/Argentina/Buenos_Aires',
  series: null,
  intakeNotes: 'first line\nsecond line\tשלום',
  appTimezone: 'Europe/Paris',
  bookingSource: 'api',
  assignmentMethod: 'manual',
  reminders: [
    { kind: '24h', fireAt: null, skipped: 'already_past' },
    { kind: '1h', fireAt: MORNING - 60 * MINUTES, skipped: null },
  ],
  moves: {
    count: 2,
    firstStartsAt: MORNING - 24 * 60 * MINUTES,
    last: { at: MORNING - 60 * MINUTES, version: 1, startsAt: MORNING - 30 * MINUTES, agentId: null },
  },
  cancelledAt: null,
  cancellationReason: null,
  createdAt: MORNING - 7 * 24 * 60 * MINUTES,
  updatedAt: MORNING - 24 * 60 * MINUTES,
  version: 1,
  lastSeq: 1,
  ...over,
});

/** The event that brings `call`, as it is, from the version before. */
export const sampleEvent = (call: Call, seq = call.lastSeq): CallEvent => ({
  appId: call.appId,
  callId: call.id,
  seq,
  version: call.version,
  at: call.updatedAt,
  actor: { type: 'agent', id: 'ana' },
  source: 'contract',
  reason: 'because 😀',
  type: 'rescheduled',
  from: { startsAt: call.startsAt - MINUTES },
  to: { startsAt: call.startsAt },
  reminders: [{ kind: '1h', from: null, to: call.startsAt - 60 * MINUTES, reason: null }],
});

/** What stores `calls`, each with one event, and claims the time that they keep. */
export const changesOf = (...calls: Call[]): Changes => ({
  ...NO_CHANGES,
  calls: calls.map((call) => ({ call, events: [sampleEvent(call)] })),
  claimed: calls.flatMap((call) => {
    const slot = occupancy(call);
    return slot ? [{ appId: call.appId, ...slot }] : [];
  }),
});

/** Commits calls that no agent has, many at once; gives what happened. */
export async function bookAtOnce(
  store: ScheduleStore,
  appId: string,
  ids: readonly string[],
): Promise<CallEvent[]> {
  const calls = ids.map((id) => sampleCall({ appId, id, agentId: null }));
  for (let first = 0; first < calls.length; first += 100) {
    const { version } = await store.load([]);
    const outcome = await store.commit(version, changesOf(...calls.slice(first, first + 100)));
    if (outcome !== 'committed') throw new Error('was to be committed');
  }
  return calls.map((call) => sampleEvent(call));
}

/** What stores agents. */
export const savingAgents = (...agents: AgentRecord[]): Changes => ({
  ...NO_CHANGES,
  agents: agents.map(newAgent),
});

/** The call one change later. */
export const next = (call: Call, over: Partial<Call>): Call => ({
  ...call,
  ...over,
  version: call.version + 1,
  lastSeq: call.lastSeq + 1,
});

/** Needs a call, and the calendar that it is in. */
export const needOf = ({ appId, id }: Pick<Call, 'appId' | 'id'>): Need => ({
  appId,
  callId: id,
  calendars: ({ call }) => [call && slotOf(call)].flatMap((slot) => slot ?? []),
});

/** Needs a part of a calendar. */
export const needOfSlot = (appId: string, slot: Slot): Need => ({ appId, calendars: () => [slot] });

/** The working day that begins with the morning. */
export const slotOfDay = (agentId: string): Slot => ({
  agentId,
  from: MORNING,
  to: MORNING + 8 * 60 * MINUTES,
});
