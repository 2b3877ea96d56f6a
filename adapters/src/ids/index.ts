import { randomBytes } from 'node:crypto';
import type { IdSource, WebhookIds } from '@reslot/core';
import { v7 } from 'uuid';

/** UUIDs of version 7 (RFC 9562): they sort by their time, so that new rows land side by side. */
export const uuidIds: IdSource = { callId: () => v7() };

/** Of webhooks: secrets as Standard Webhooks has them, of 256 bits. */
export const webhookIds: WebhookIds = {
  id: () => v7(),
  secret: () => `whsec_${randomBytes(32).toString('base64')}`,
};

/** What a relay leases with, and how far it draws delays out: from 0 to 1. */
export const newLease = (): string => randomBytes(16).toString('hex');
export const jitter = (): number => Math.random();

/** An id for an app, a UUID of version 7. */
export const newAppId = (): string => v7();

/** An id for a request that is answered before HTTP has given it one. */
export const newRequestId = (): string => v7();

/** The public half of a credential. */
export const newKeyId = (): string => `key_${randomBytes(12).toString('hex')}`;

/** The secret half of a credential: 256 bits, base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
