import { createHmac } from 'node:crypto';
import type { WebhookAttempt } from '@reslot/core';
import { Webhook } from 'standardwebhooks';

/**
 * The headers of an attempt: Standard Webhooks, with one signature for each live secret. Throws when the id or a secret
 * cannot be signed with.
 */
export function headersOf(attempt: WebhookAttempt): Record<string, string> {
  const { messageId, secrets, body, at, familyHeaders } = attempt;
  if (messageId.includes('.')) throw new RangeError('the id of a message must not contain a dot');
  const instant = new Date(at);
  const signatures = secrets
    .filter((secret) => secret !== undefined)
    .map((secret) => new Webhook(secret).sign(messageId, instant, body));
  return {
    'content-type': 'application/json',
    'user-agent': 'reslot',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': signatures.join(' '),
    ...(familyHeaders ? familyHeadersOf(attempt, instant) : {}),
  };
}

/** One signature alone, so with the newest secret: its text is the key, as the receiver was shown it. */
const familyHeadersOf = (attempt: WebhookAttempt, instant: Date): Record<string, string> => ({
  'X-ApifyCloud-Signature': `sha256=${createHmac('sha256', attempt.secrets[0]).update(attempt.body).digest('hex')}`,
  'X-ApifyCloud-Event': attempt.eventType,
  'X-ApifyCloud-Delivery': `${attempt.endpointId}:${attempt.number}`,
  'X-ApifyCloud-Timestamp': instant.toISOString(),
});
