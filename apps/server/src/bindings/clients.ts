import type { IncomingMessage } from 'node:http';
import type { Client } from '@reslot/adapters/http';
import { clientAddresses } from '@reslot/adapters/limits';
import type { Config } from '../config/config.ts';

/** Who has sent a request. Where nothing is limited, nobody asks. */
export function clientsOf({
  rateLimits,
  trustedProxies,
}: Pick<Config, 'rateLimits' | 'trustedProxies'>): (
  incoming: Pick<IncomingMessage, 'headers' | 'socket'>,
) => Client {
  if (!rateLimits) return () => ({});
  const addressOf = clientAddresses(trustedProxies);
  return ({ socket, headers }) => {
    const forwarded = headers['x-forwarded-for'];
    return { clientAddress: addressOf(socket.remoteAddress, forwarded?.toString()) };
  };
}
