import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Who is asked for: by the address of the connection, and by what proxies say of it. */

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const MOST_HOPS = 16;
const HOPS = /^([1-9]|1[0-6])$/;

/** Says what is wrong with a setting of trusted proxies. */
export function trustedProxies(text: string): string | undefined {
  if (HOPS.test(text) || networksIn(text).every((network) => network !== undefined)) return undefined;
  return `must be a number of proxies from 1 to ${MOST_HOPS}, or networks such as 10.0.0.0/8,fd00::/8`;
}

/**
 * Names the client behind a connection from `peer` with the `X-Forwarded-For` header `forwarded`. `trusted` is the number
 * of proxies before the server, or the networks they are in; without it the header is not looked at. The name of an IPv6
 * client is its network of 64 bits, which is what one customer gets at least (RFC 6177).
 */
export function clientAddresses(
  trusted: string | undefined,
): (peer: string | undefined, forwarded: string | undefined) => string {
  const isTrusted = trusted === undefined ? () => false : trustOf(trusted);

  /** What the last of those whom we trust has said of the one before it; `said` begins with the nearest. */
  const clientOf = (address: Address, [last, ...before]: readonly string[], hops = 0): Address => {
    const said = isTrusted(address, hops) ? addressOf(withoutPort(last?.trim())) : undefined;
    return said ? clientOf(said, before, hops + 1) : address;
  };

  return (peer, forwarded) => {
    const address = addressOf(peer);
    if (!address) return 'unknown';
    return nameOf(clientOf(address, forwarded?.split(',').slice(-MOST_HOPS).toReversed() ?? []));
  };
}

function trustOf(trusted: string): (address: Address, hops: number) => boolean {
  if (HOPS.test(trusted)) return (_, hops) => hops < Number(trusted);
  const networks = networksIn(trusted).filter((network) => network !== undefined);
  return (address) =>
    networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

/** With undefined for each that is no network. */
const networksIn = (text: string): ([Address, number] | undefined)[] =>
  text.split(',').map((part) => {
    const [address = '', bits, ...more] = part.trim().split('/');
    if (isIP(address) === 0 || address.includes('%') || more.length > 0) return undefined;
    const network =
      bits === undefined ? `${address}/${isIP(address) === 4 ? 32 : 128}` : `${address}/${bits}`;
    return ipaddr.isValidCIDR(network) ? ipaddr.parseCIDR(network) : undefined;
  });

/** Some proxies add the port of the client: `198.51.100.1:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (text: string | undefined): string | undefined =>
  /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text ?? '')?.[1] ?? text?.replace(/^([\d.]+):\d{1,5}$/, '$1');

/** An IPv4 address that is written as IPv6 is an IPv4 address. The zone (RFC 4007, 11), which not every reader takes, is no part of it. */
const addressOf = (text: string | undefined): Address | undefined =>
  text === undefined || isIP(text) === 0 ? undefined : ipaddr.process(text.replace(/%.*/, ''));

const nameOf = (address: Address): string =>
  address instanceof ipaddr.IPv6
    ? `${new ipaddr.IPv6([...address.toByteArray().slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`
    : address.toString();
