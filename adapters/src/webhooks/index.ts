export { dnsNames, type Names } from './names.ts';
export { createWebhookSender, type WebhookSenderOptions } from './sender.ts';
export { createUrlCheck, createUrlRule, mayBeReached, type Reach } from './urls.ts';
