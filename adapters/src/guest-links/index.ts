export { createGuestLinkTokens, guestLinkSecrets, type Secrets } from './tokens.ts';
