import { hash } from 'node:crypto';
import { GUEST_PURPOSES, type GuestLink, type GuestLinkTokens } from '@reslot/core';
import { CompactSign, compactVerify, errors } from 'jose';
import { z } from 'zod';

/** The first one signs, all are taken: so a new one can be put before the old one. */
export type Secrets = readonly [string, ...string[]];

/** RFC 7518, 3.2: as long as the digest at least. */
const FEWEST_BYTES = 32;

/** One secret, or two with a comma; undefined when they are not. */
export function guestLinkSecrets(text: string): Secrets | undefined {
  const [first = '', ...others] = text.split(',');
  return others.length <= 1 && [first, ...others].every(isLong) ? [first, ...others] : undefined;
}

const isLong = (secret: string): boolean => Buffer.byteLength(secret) >= FEWEST_BYTES;

/** So that nothing else that is signed with HS256 is taken for a link, nor a link for it (RFC 8725, 3.11). */
const HEADER = { alg: 'HS256', typ: 'guest-link' } as const;
/** Of what is looked at; ours have some 300. */
const MOST_CHARACTERS = 1024;

const header = z.object({ typ: z.literal(HEADER.typ) });
const claims = z.strictObject({
  app: z.string(),
  call: z.string(),
  version: z.int().positive(),
  use: z.array(z.enum(GUEST_PURPOSES)).min(1),
  /** Unix seconds. */
  exp: z.int().positive(),
});

/** Links as signed text: JWS in its compact form (RFC 7515) with HMAC-SHA-256. Throws a RangeError for a secret that is too short. */
export function createGuestLinkTokens(secrets: Secrets): GuestLinkTokens {
  const [first, ...others] = secrets;
  const newest = keyOf(first);
  const keys = [newest, ...others.map(keyOf)];

  return {
    write: ({ appId, callId, version, purposes, expiresAt }) => {
      const said = { app: appId, call: callId, version, use: [...purposes], exp: expiresAt / 1000 };
      const payload = new TextEncoder().encode(JSON.stringify(said satisfies z.input<typeof claims>));
      return new CompactSign(payload).setProtectedHeader(HEADER).sign(newest);
    },
    async read(token) {
      if (token.length > MOST_CHARACTERS) return undefined;
      for (const key of keys) {
        const payload = await verified(token, key);
        const link = payload && linkOf(payload);
        if (link) return { id: idOf(payload), link };
      }
      return undefined;
    },
  };
}

function keyOf(secret: string): Uint8Array {
  if (!isLong(secret)) throw new RangeError(`a secret of links must have at least ${FEWEST_BYTES} bytes`);
  return new TextEncoder().encode(secret);
}

async function verified(token: string, key: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(token, key, { algorithms: [HEADER.alg] });
    return header.safeParse(protectedHeader).success ? payload : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function linkOf(payload: Uint8Array): GuestLink | undefined {
  const { success, data } = claims.safeParse(JSON.parse(new TextDecoder().decode(payload)));
  if (!success) return undefined;
  const { app: appId, call: callId, version, use: purposes, exp } = data;
  return { appId, callId, version, purposes, expiresAt: exp * 1000 };
}

/** The same for one link whichever secret signed it, and no way back to the token. */
const idOf = (payload: Uint8Array): string => `link:${hash('sha256', payload).slice(0, 16)}`;
