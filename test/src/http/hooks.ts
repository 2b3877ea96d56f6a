import { newRequestId } from '@reslot/adapters/ids';
import type { NewDelivery, Settlement } from '@reslot/core';
import type { Answer, Api } from './api.ts';
import type { Tenant } from './tenants.ts';

/** What the tests of webhooks ask for over and over. */

/** One that nothing is sent to; on loopback, where the tests may send to. */
export const SOMEWHERE = 'https://127.0.0.1:9443/hooks';

export const pathsOf = ({ body }: Answer): string[] =>
  body.error.details.issues.map(({ path }: { path: string }) => path);

/** Without what no two answers have in common. */
export const alike = ({ status, text, body }: Answer) => ({
  status,
  text: text.replace(body.error.requestId, ''),
});

export interface Made {
  readonly id: string;
  readonly secret: string;
}

/** Makes a webhook; one that is refused fails the test. */
export async function made(tenant: Tenant, content: object = {}): Promise<Made> {
  const { status, text, body } = await tenant.ask('POST', '/webhooks', { url: SOMEWHERE, ...content });
  if (status !== 201) throw new Error(`the webhook was refused: ${text}`);
  return { id: body.data.webhook.id, secret: body.data.secret };
}

/** Books a call, and has the message that tells of it to a webhook end so. Gives the call. */
export async function told(api: Api, tenant: Tenant, id: string, settlement?: Settlement): Promise<string> {
  const { outbox } = api.engine;
  const call = await tenant.book({ agentId: null });
  const { events } = await outbox.waiting(1000);
  const mine = events.filter(({ appId }) => appId === tenant.appId);
  const messages = mine.map(({ appId, callId, seq, type }) => ({
    appId,
    destination: id,
    callId,
    seq,
    type,
  }));
  await outbox.handOut(events, messages);
  if (settlement) await end(api, messages, settlement);
  return call.id;
}

/** Has messages that wait end so; what else waits is leased for a moment. */
export async function end(
  { engine: { outbox } }: Api,
  messages: readonly NewDelivery[],
  settlement: Settlement,
): Promise<void> {
  const left = new Set(messages);
  while (left.size > 0) {
    const token = newRequestId();
    const shares = {
      most: 1000,
      mostToEndpoints: 1000,
      perDestination: 1000,
      underWay: new Map<string, number>(),
      perApp: 1000,
      underWayOf: new Map<string, number>(),
    };
    await outbox.claim({ token, lease: 1, systems: [], ...shares });
    for (const message of left) {
      if ((await outbox.settle(message, token, settlement)) === 'settled') left.delete(message);
    }
  }
}
