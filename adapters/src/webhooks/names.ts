import { lookup, Resolver } from 'node:dns/promises';

/** Gives the addresses of a host name; none, or a rejection, when there are none. */
export type Names = (hostname: string) => Promise<readonly string[]>;

/**
 * Names of the DNS. Not the system's look-up: that one takes a thread of few, so a name server that does not answer would
 * hold up every other look-up of the process, the database's included. `servers` in place of the machine's.
 */
export function dnsNames(servers?: readonly string[]): Names {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers) resolver.setServers(servers);
  return async (hostname) => {
    const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  };
}

/** Names as the machine knows them, those of its hosts file too. */
export const machineNames: Names = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);
