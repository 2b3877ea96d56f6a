import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublic } from './addresses.ts';
import { namesOf, type Reach } from './urls.ts';

/** What the guard throws at an address that is not public. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

/** A name without addresses. */
export class UnknownName extends Error {
  override readonly name = 'UnknownName';
}

export interface Connecting extends Reach {
  /** Certificate authorities to trust in place of the usual ones, as PEM. */
  readonly ca?: string | undefined;
  /** Milliseconds that a connection may take to come about. */
  readonly timeoutMs: number;
}

/**
 * Connects to what the guard lets through. Names are looked up here, once, and the connection is made to the very addresses
 * that were checked; one that is private condemns the name. An address in the URL is never looked up, so it is checked
 * first.
 */
export function createConnector({ ca, timeoutMs, ...reach }: Connecting): buildConnector.connector {
  const names = namesOf(reach);
  const mayConnect = (address: string): boolean => reach.allowPrivate === true || isPublic(address);

  async function checked(hostname: string): Promise<readonly string[]> {
    const addresses = await names(hostname).catch(() => []);
    if (addresses.length === 0) throw new UnknownName();
    if (!addresses.every(mayConnect)) throw new PrivateAddress();
    return addresses;
  }

  const lookup: LookupFunction = (hostname, _options, done) => {
    checked(hostname).then(
      (addresses) =>
        done(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
      (error: Error) => done(error, []),
    );
  };

  const connect = buildConnector({
    lookup,
    // Asks the look-up for a list.
    autoSelectFamily: true,
    timeout: timeoutMs,
    ...(ca === undefined ? {} : { ca }),
  });
  return (target, done) => {
    if (isIP(target.hostname) !== 0 && !mayConnect(target.hostname)) done(new PrivateAddress(), null);
    else connect(target, done);
  };
}
