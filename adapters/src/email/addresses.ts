import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { fields } from '@reslot/core';

/** ASCII, and without what a reader of mail could take for the beginning of text in another encoding (RFC 2047, 2). */
const LOCAL = /^(?!.*=\?)[\x21-\x7e]+$/;
/** Labels as the DNS has them (RFC 1035, 2.3.1); at least two. */
const DOMAIN = /^(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * An e-mail address as it stands in an envelope, its domain in ASCII (RFC 5890); undefined when there is no such form. That
 * of a local part in another script would be UTF-8, which every server on the way would have to take (RFC 6531).
 */
export function mailboxOf(email: string): string | undefined {
  if (fields.guestEmail(email) !== undefined) return undefined;
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const domain = domainToASCII(email.slice(at + 1));
  // Numbers alone would be read as an address, and another one than was written.
  const isSound = LOCAL.test(local) && DOMAIN.test(domain) && isIP(domain) === 0;
  return isSound ? `${local}@${domain}` : undefined;
}
