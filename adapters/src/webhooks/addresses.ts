import ipaddr from 'ipaddr.js';

/** Which addresses belong to the public network; all others may be somebody's inside. */

type IPv4 = ipaddr.IPv4;
type IPv6 = ipaddr.IPv6;

/** Global unicast (RFC 4291, 2.4). */
const GLOBAL: [IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
/** IPv4 behind a translator, in the last four bytes (RFC 6052, 2.1). */
const NAT64: [IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];
/** Public by its range, but a service inside of every machine at Azure. */
const AZURE = '168.63.129.16';

/** Whether `address`, in the notation of a resolver, is one of the public network. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return isV6(parsed) ? isPublicV6(parsed) : isPublicV4(parsed);
}

const isPublicV4 = (address: IPv4): boolean => address.range() === 'unicast' && address.toString() !== AZURE;

function isPublicV6(address: IPv6): boolean {
  if (address.isIPv4MappedAddress() || address.match(NAT64)) {
    return isPublicV4(new ipaddr.IPv4(address.toByteArray().slice(-4)));
  }
  return address.match(GLOBAL) && address.range() === 'unicast';
}

const isV6 = (address: IPv4 | IPv6): address is IPv6 => address.kind() === 'ipv6';
