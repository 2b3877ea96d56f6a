import { makeDelivery, type RelayPorts } from './attempt.ts';
import type { Claimed } from './outbox.ts';
import type { RelayLimits } from './relay.ts';
import { createUnderWay } from './under-way.ts';

/** Claims deliveries and begins their attempts, as many as there is room for. */
export interface Claiming {
  /** Gives how many it has begun. */
  claim(): Promise<number>;
  /** Whether an attempt has ended since the last claim: there is room again, and the next event of its call may be due. */
  hasEnded(): boolean;
  /** When no attempt is under way any more. */
  settled(): Promise<void>;
}

/** Times that one claim asks. */
const MOST_LOOKS = 8;

export function createClaiming(ports: RelayPorts, limits: RelayLimits): Claiming {
  const { outbox, systems, token, report, ended } = ports;
  const busy = createUnderWay(limits);
  const attempts = new Set<Promise<void>>();
  let hasEnded = false;

  async function claimOnce(): Promise<readonly Claimed[]> {
    const most = limits.attempts - attempts.size;
    if (most <= 0) return [];
    const name = token();
    const claimed = await outbox.claim({
      ...busy.shares(),
      token: name,
      lease: limits.lease,
      most,
      systems: systems.map((system) => system.name),
    });
    for (const one of claimed) begin(one, name);
    return claimed;
  }

  function begin(claimed: Claimed, name: string): void {
    const { delivery } = claimed;
    busy.change(delivery, 1);
    const made = makeDelivery(ports, claimed, name)
      .catch(report)
      .finally(() => {
        attempts.delete(made);
        busy.change(delivery, -1);
        hasEnded = true;
        ended?.();
      });
    attempts.add(made);
  }

  return {
    /** Again while somebody has come to his share: much that waits for him may have hidden what waits for others. */
    async claim() {
      hasEnded = false;
      let many = 0;
      for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        const claimed = await claimOnce();
        many += claimed.length;
        if (!claimed.some(({ delivery }) => busy.isAtItsShare(delivery))) break;
      }
      return many;
    },
    hasEnded: () => hasEnded,
    async settled() {
      while (attempts.size > 0) await Promise.all(attempts);
    },
  };
}
