import { isIP } from 'node:net';
import type { fields } from '@reslot/core';
import { isPublic } from './addresses.ts';
import { dnsNames, machineNames, type Names } from './names.ts';

/** What a webhook may be sent to. Both switches are for development, and for networks that one trusts. */
export interface Reach {
  /** Also loopback, private and other addresses that are not public; names as the machine's hosts file has them. */
  readonly allowPrivate?: boolean | undefined;
  /** Also `http:`, on port 80 too. */
  readonly allowHttp?: boolean | undefined;
  /** Where addresses come from, in place of the DNS. */
  readonly names?: Names | undefined;
}

const MOST_URL_CHARACTERS = 2048;

export const PRIVATE = 'must not lead to a private address';
const FIRST_OPEN_PORT = 1024;
/** What a URL is made of (RFC 3986); the parser would drop a line break and take a backslash for a slash. */
const CHARACTERS = /^[\x21-\x5b\x5d-\x7e]*$/;

export const namesOf = ({ names, allowPrivate = false }: Reach): Names =>
  names ?? (allowPrivate ? machineNames : dnsNames());

/**
 * What is wrong with the URL of an endpoint, or undefined. Hosts are judged as the URL standard reads them, so that
 * `2130706433`, `0177.0.0.1` and `[::ffff:7f00:1]` are the addresses that they mean.
 */
export function createUrlRule({ allowPrivate = false, allowHttp = false }: Reach = {}): fields.FieldRule {
  const schemes = allowHttp ? ['https:', 'http:'] : ['https:'];
  return (value) => {
    if (typeof value !== 'string') return 'must be text';
    if (value.length > MOST_URL_CHARACTERS)
      return `must not be longer than ${MOST_URL_CHARACTERS} characters`;
    if (!CHARACTERS.test(value)) return 'must be ASCII without spaces, backslashes and control characters';
    if (!URL.canParse(value)) return 'must be a URL such as https://example.com/hooks';
    const url = new URL(value);
    if (!schemes.includes(url.protocol)) return `must begin with ${schemes.join('// or ')}//`;
    if (url.username !== '' || url.password !== '') return 'must not contain credentials';
    if (value.includes('#')) return 'must not have a fragment';
    if (!isOpen(url)) return `must have the port 443, or one from ${FIRST_OPEN_PORT} on`;
    if (!allowPrivate && !mayBePublic(hostOf(url))) return PRIVATE;
    return undefined;
  };
}

/**
 * What is wrong with a URL that keeps the rule above, or undefined: its name must have addresses, and none of them may be
 * private. Names change; whoever sends looks again.
 */
export async function mayBeReached(url: string, reach: Reach = {}): Promise<string | undefined> {
  const host = hostOf(new URL(url));
  if (isIP(host) !== 0) return undefined;
  const addresses = await namesOf(reach)(host).catch(() => []);
  if (addresses.length === 0) return 'must have a host name with an address';
  return reach.allowPrivate === true || addresses.every(isPublic) ? undefined : PRIVATE;
}

/** Both rules, for who saves an endpoint. */
export function createUrlCheck(reach: Reach = {}): (url: unknown) => Promise<string | undefined> {
  const rule = createUrlRule(reach);
  return async (url) => rule(url) ?? mayBeReached(String(url), reach);
}

/** The port of the scheme is empty in a URL. */
const isOpen = ({ port }: URL): boolean => port === '' || port === '443' || Number(port) >= FIRST_OPEN_PORT;

/** A name or an address, without brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** A name of one label is of a network inside, and `localhost` has names below it (RFC 6761, 6.3). */
function mayBePublic(host: string): boolean {
  if (isIP(host) !== 0) return isPublic(host);
  const labels = host.replace(/\.$/, '').split('.');
  return labels.length > 1 && labels.at(-1) !== 'localhost';
}
