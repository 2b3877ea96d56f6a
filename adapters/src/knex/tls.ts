import { X509Certificate } from 'node:crypto';
import { createConnection } from 'node:net';

/** TLS to a database: without it nothing is said. The certificate and the name or address in it are always verified. */
export interface DatabaseTls {
  /** Certificate authorities to trust in place of Node's, as PEM that keeps `authorities`. */
  readonly ca?: string | undefined;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** What is wrong with certificate authorities as PEM, or undefined. Node itself passes over what it cannot read. */
export function authorities(pem: string): string | undefined {
  const found = pem.match(CERTIFICATES) ?? [];
  if (found.length === 0) return 'must have a certificate as PEM';
  return found.every(isCertificate) ? undefined : 'has a certificate that cannot be read';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** What the driver needs to speak TLS, and nothing else, with the server at `host`. */
export const tlsSettings = (host: string, port: number, { ca }: DatabaseTls) => ({
  ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(ca !== undefined && { ca }) },
  // Of an address the driver tells Node nothing, and Node would look for `localhost` in the certificate: it asks the
  // socket, which only knows names by itself.
  stream: () =>
    Object.assign(createConnection({ host, port, noDelay: true, keepAlive: true }), { _host: host }),
});

/**
 * What keeps TLS from being spoken, or from being left out; undefined where it is something else. Words of a certificate
 * are not repeated.
 */
export function databaseTlsFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code === 'HANDSHAKE_NO_SSL_SUPPORT') return 'the server offers no TLS';
  if (error.code === 'ER_SECURE_TRANSPORT_REQUIRED') return 'the server insists on TLS';
  if (error.code !== 'HANDSHAKE_SSL_ERROR') return undefined;
  if ('cert' in error && 'host' in error)
    return `the certificate of the server is not for ${String(error.host)}`;
  // What OpenSSL says of a protocol has numbers of threads and lines before its reason.
  return `TLS with the server fails: ${'reason' in error ? String(error.reason) : error.message}`;
}
