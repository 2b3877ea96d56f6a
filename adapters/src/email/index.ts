export { mailboxOf } from './addresses.ts';
export { createEmailChannel, type EmailChannel, type EmailOptions } from './channel.ts';
export { smtpUrl } from './urls.ts';
