import type { fields } from '@reslot/core';
import type { LinkOptions } from './link.ts';

/** Reads a URL that keeps the rule below. The library takes the host of one, and passes over who one is and `tls:`. */
export function brokerOf(text: string): LinkOptions {
  const { protocol, host, username, password } = new URL(text);
  return {
    servers: [host],
    credentials:
      username === ''
        ? undefined
        : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
    tls: protocol === 'tls:' ? {} : undefined,
  };
}

/**
 * What is wrong with the URL of a broker, or undefined: `nats://`, or `tls://` to insist on TLS, then `user:password@` or
 * nothing, each percent-encoded, the host and a port. The message does not repeat it, as it may have a password.
 */
export const brokerUrl: fields.FieldRule = (value) => {
  if (typeof value !== 'string' || !/^(nats|tls):\/\/[^/?#]+\/?$/.test(value) || !URL.canParse(value))
    return 'must be a URL such as nats://user:password@nats.example.com:4222';
  const { hostname, username, password } = new URL(value);
  if (hostname === '') return 'must have a host';
  if ((username === '') !== (password === '')) return 'must have a user and a password, or neither';
  return isPercentEncoded(username) && isPercentEncoded(password)
    ? undefined
    : 'must have its user and password percent-encoded';
};

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
