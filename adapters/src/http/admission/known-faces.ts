import { hash } from 'node:crypto';

/** Those that are remembered; who has not shown himself for longest is forgotten first. */
const MOST_FACES = 10_000;

/** Who has shown something valid from where he asks. It proves nothing today: a key may have been revoked meanwhile. */
export interface KnownFaces {
  has(face: string): boolean;
  add(face: string): void;
  forget(face: string): void;
}

/** What somebody shows, and the address he shows it from. Neither can be read from it. */
export const faceOf = (shown: string, address: string): string =>
  hash('sha256', `${shown.replace(BEARER, '')}\n${address}`);

/** One credential is one face, however it is written. */
const BEARER = /^Bearer +/i;

export function createKnownFaces(): KnownFaces {
  const faces = new Set<string>();
  return {
    has: (face) => faces.has(face),
    add(face) {
      faces.delete(face);
      const [longestAway] = faces;
      if (faces.size >= MOST_FACES && longestAway !== undefined) faces.delete(longestAway);
      faces.add(face);
    },
    forget: (face) => void faces.delete(face),
  };
}
