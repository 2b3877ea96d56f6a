import type { Endpoint } from './endpoints.ts';
import { encodedId } from './envelope.ts';
import { toIso } from '../iso.ts';
import type { Instant } from '../time.ts';

export const TEST_TYPE = 'webhook.test';

/** What an endpoint is tried with: a CloudEvent that tells of no call, as JSON. */
export const testBody = (
  { appId, id }: Endpoint,
  messageId: string,
  now: Instant,
  installation: string,
): string =>
  JSON.stringify({
    data: { app_id: appId, webhook_id: id },
    datacontenttype: 'application/json',
    id: messageId,
    source: `${installation}/apps/${encodedId(appId)}/webhooks/${encodedId(id)}`,
    specversion: '1.0',
    subject: id,
    time: toIso(now),
    type: TEST_TYPE,
  });
