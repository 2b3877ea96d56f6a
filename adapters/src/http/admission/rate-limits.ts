import type { Clock, OpenedLink, RateLimiter } from '@reslot/core';
import type { Context } from 'hono';
import type { Principal } from '../callers/credentials.ts';
import type { Env } from '../environment.ts';
import { ProblemError, problems } from '../answers/problems.ts';
import { createKnownFaces, faceOf } from './known-faces.ts';

/** What is counted of requests to the APIs, and to the links of guests. */
export interface RateLimits {
  /** All of an address, before anything is known of them. */
  readonly addresses: RateLimiter;
  /** Those of an address that show no valid credential, or no link that holds. */
  readonly failures: RateLimiter;
  /** Those of a credential that may do what it asks for, by the id of its key. */
  readonly credentials: RateLimiter;
  /** Those by links that hold, by the call: whoever has several links to it, has one counter. */
  readonly guests: RateLimiter;
}

/** Has a request prove what it comes by, which is `shown`, and throws the problem of one that comes too soon. */
export interface Limited {
  identify(c: Context<Env>, shown: string, prove: () => Promise<Principal>): Promise<Principal>;
  /** Has a request that was let in count as so many of its caller's. It may be more than are left: then those that follow are refused. */
  weigh(principal: Principal, requests: number): Promise<void>;
  open(c: Context<Env>, shown: string, prove: () => Promise<OpenedLink>): Promise<OpenedLink>;
}

const UNLIMITED: Limited = {
  identify: (_c, _shown, prove) => prove(),
  weigh: async () => undefined,
  open: (_c, _shown, prove) => prove(),
};

/** A request whose address nobody has told is not limited by address. */
export function limitedBy(limits: RateLimits | undefined, clock: Clock): Limited {
  if (!limits) return UNLIMITED;
  const { addresses, failures, credentials, guests } = limits;
  const faces = createKnownFaces();

  function refuseIf(wait: number | undefined, of: string): void {
    if (wait === undefined) return;
    throw new ProblemError(problems.rateLimited(of, clock.now() + wait, wait));
  }

  async function proven<Proof>(
    { env }: Context<Env>,
    shown: string,
    prove: () => Promise<Proof>,
  ): Promise<Proof> {
    const { clientAddress: address } = env;
    if (address === undefined) return prove();
    const [all, failed] = await Promise.all([addresses.take(address), failures.look(address)]);
    refuseIf(all, FROM_ADDRESS);
    const face = faceOf(shown, address);
    // The guesses of a neighbour are not held against who is known there, and has nothing to guess.
    if (!faces.has(face)) refuseIf(failed, FAILED);
    try {
      const proof = await prove();
      faces.add(face);
      return proof;
    } catch (error) {
      if (isFailure(error)) {
        faces.forget(face);
        // Those that come together have all seen room for one more.
        refuseIf(await failures.take(address), FAILED);
      }
      throw error;
    }
  }

  return {
    // Who comes too often is not remembered either.
    identify: (c, shown, prove) =>
      proven(c, shown, async () => {
        const principal = await prove();
        refuseIf(await credentials.take(nameOf(principal)), WITH_CREDENTIAL);
        return principal;
      }),
    async weigh(principal, requests) {
      if (requests > 1) refuseIf(await credentials.charge(nameOf(principal), requests - 1), WITH_CREDENTIAL);
    },
    open: (c, shown, prove) =>
      proven(c, shown, async () => {
        const opened = await prove();
        const { appId, callId } = opened.link;
        refuseIf(await guests.take(`${appId}/${callId}`), 'requests by links to this call');
        return opened;
      }),
  };
}

/** The subject of a token names somebody within its app only. */
const nameOf = ({ appId, id }: Principal): string => `${appId}/${id}`;

const WITH_CREDENTIAL = 'requests with this credential';
const FROM_ADDRESS = 'requests from this address';
const FAILED = 'requests without a valid credential or link from this address';

/** What proves nothing: a credential is 401 then, a link 404. */
const isFailure = (error: unknown): boolean =>
  error instanceof ProblemError && (error.problem.status === 401 || error.problem.status === 404);
