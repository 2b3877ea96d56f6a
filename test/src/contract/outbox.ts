import { describe } from 'vitest';
import { endpointStore } from './endpoints.ts';
import { outboxClaims } from './outbox-claims.ts';
import { OutboxContext, type OutboxHarness } from './outbox-context.ts';
import { outboxEvents } from './outbox-events.ts';
import { outboxLog } from './outbox-log.ts';
import { outboxObstacles } from './outbox-obstacles.ts';

export type { OutboxHarness } from './outbox-context.ts';

/** Every obligation of the ports `Outbox` and `EndpointStore`, on top of a store that keeps its own. */
export function outboxContract(name: string, open: () => Promise<OutboxHarness>): void {
  describe(`outbox: ${name}`, () => {
    const context = new OutboxContext(open);
    outboxEvents(context);
    outboxClaims(context);
    outboxObstacles(context);
    outboxLog(context);
    endpointStore(context);
  });
}
