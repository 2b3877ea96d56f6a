import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
import { fixedClock } from '@reslot/adapters/clock';
import { createScheduler, MINUTE, occupancy, Schedule, type CallCommand, type Scheduler } from '@reslot/core';
import { AGENT_RECORDS, isSetting, START, type Setting, type Step } from './histories.ts';

/** The engine on memory, as it runs, with a schedule that histories happen in. */
export class Live {
  readonly clock = fixedClock(START);
  readonly #db: MemoryDatabase;
  readonly scheduler: Scheduler;

  constructor(db: MemoryDatabase = withAgents()) {
    this.#db = db;
    const ids = { callId: () => 'unused' };
    this.scheduler = createScheduler({ store: memoryStore(db), clock: this.clock, ids });
  }

  /** Carries on from here by itself: what is done there is not done here. */
  fork(): Live {
    const {
      calls,
      events,
      agents,
      calendars,
      turns,
      policies,
      requests,
      holds,
      apps,
      keys,
      endpoints,
      outbox,
      deliveries,
      lastPlace,
    } = this.#db;
    const fork = new Live({
      calls: new Map(calls),
      events: new Map(events),
      agents: new Map(agents),
      calendars: new Map(calendars),
      turns: new Map(turns),
      policies: new Map(policies),
      requests: new Map(requests),
      holds: new Map(holds),
      apps: new Map(apps),
      keys: new Map(keys),
      endpoints: new Map(endpoints),
      outbox: new Map(outbox),
      deliveries: new Map(deliveries),
      lastPlace,
    });
    fork.clock.set(this.clock.now());
    return fork;
  }

  /** Everything that is stored. */
  state(): unknown {
    return structuredClone(this.#db);
  }

  /** A view of everything. */
  schedule(): Schedule {
    const calls = [...this.#db.calls.values()];
    return new Schedule({
      calls,
      agents: [...this.#db.agents.values()],
      policies: [...this.#db.policies].map(([appId, policy]) => ({ appId, policy })),
      occupied: calls.flatMap((call) => {
        const slot = occupancy(call);
        return slot ? [{ ...slot, appId: call.appId, callId: call.id }] : [];
      }),
    });
  }

  /** Goes through a history; `asks` is in the place of just carrying out each of its commands. */
  async run(
    steps: readonly Step[],
    asks: (command: CallCommand) => Promise<unknown> = (command) => this.scheduler.execute(command),
  ): Promise<void> {
    for (const [asked, minutes] of steps) {
      this.clock.advance(minutes * MINUTE);
      await (isSetting(asked) ? this.#save(asked) : asks(asked));
    }
  }

  #save({ type, save }: Setting): Promise<unknown> {
    if (type === 'agent') return this.scheduler.saveAgent(save);
    return type === 'policy' ? this.scheduler.savePolicy(save) : this.scheduler.saveAvailability(save);
  }
}

function withAgents(): MemoryDatabase {
  const db = memoryDatabase();
  for (const agent of AGENT_RECORDS) db.agents.set(`${agent.appId}/${agent.id}`, agent);
  return db;
}
