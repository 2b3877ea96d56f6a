import { open } from 'node:fs/promises';
import type { JwksSource } from './key-set.ts';

/** A key set of a hundred RSA keys with certificates is smaller. */
const MOST_BYTES = 256 * 1024;
const PATIENCE = 5_000;

/** Reads a JWKS (RFC 7517, 5) from where it is: an `https://` or `http://` URL, else the path of a file. */
export const jwksSource = (where: string): JwksSource =>
  /^https?:\/\//.test(where) ? () => fetched(where) : () => fileAt(where);

/** Follows no redirect: it could lead from TLS into the clear. */
async function fetched(url: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { Accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`answered ${response.status}`);
  }
  return parsed(response.body);
}

async function fileAt(path: string): Promise<unknown> {
  const file = await open(path);
  try {
    return await parsed(file.createReadStream({ autoClose: false, end: MOST_BYTES }));
  } finally {
    await file.close();
  }
}

async function parsed(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`has more than ${MOST_BYTES} bytes`);
    read.push(chunk);
  }
  return contentOf(Buffer.concat(read).toString('utf8'));
}

/** The runtime's message would quote the text, which may be of any file, for the log. */
function contentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is no JSON');
  }
}
