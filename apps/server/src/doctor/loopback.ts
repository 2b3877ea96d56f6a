import { BlockList, isIP } from 'node:net';
import type { Config } from '../config/config.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether what is said there stays on this machine. Of names only `localhost` does for certain (RFC 6761, 6.3). */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(bare);
  if (family === 0) return /^(.+\.)?localhost$/i.test(bare);
  return LOOPBACK.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether others than this machine are to reach the server. */
export const isReached = ({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): boolean =>
  !isLoopback(host) || (publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname));
