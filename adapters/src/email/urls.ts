import type { fields } from '@reslot/core';

/** Where a mail server is, and who one is to it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, in place of STARTTLS. */
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
}

/** Reads a URL that keeps the rule below. The ports are those for handing mail in (RFC 6409; RFC 8314, 3.3). */
export function smtpServerOf(text: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(text);
  const secure = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    auth:
      username === ''
        ? undefined
        : { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
  };
}

/**
 * What is wrong with the URL of a mail server, or undefined: `smtp://` or `smtps://`, then `user:password@` or nothing, each
 * percent-encoded, the host and a port. The message does not repeat it, as it may have a password.
 */
export const smtpUrl: fields.FieldRule = (value) => {
  if (typeof value !== 'string' || !/^smtps?:\/\/[^/]/.test(value) || !URL.canParse(value))
    return 'must be a URL such as smtp://user:password@mail.example.com:587';
  const { hostname, port, username, password, pathname, search, hash } = new URL(value);
  if (hostname === '' || port === '0') return 'must have a host, and a port above 0 if it has one';
  if (!/^\/?$/.test(pathname) || search !== '' || hash !== '') return 'must end after the host and the port';
  if ((username === '') !== (password === '')) return 'must have a user and a password, or neither';
  return isPercentEncoded(username) && isPercentEncoded(password)
    ? undefined
    : 'must have its user and password percent-encoded';
};

function isPercentEncoded(text: string): boolean {
  try {
    return !/\p{Cc}/u.test(decodeURIComponent(text));
  } catch {
    return false;
  }
}
