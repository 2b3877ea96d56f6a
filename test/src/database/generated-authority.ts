import type { TLSSocket } from 'node:tls';
import { parseDatabaseUrl } from '@reslot/adapters/connect';
import knex from 'knex';

/**
 * The authority that a server has made for itself, as PEM: MySQL does, and sends it along. Undefined where there is none. Asked for without being
 * verified, as somebody would copy `ca.pem` from its folder.
 */
export async function generatedAuthority(url: string): Promise<string | undefined> {
  const place = parseDatabaseUrl(url);
  if (place.kind === 'sqlite') return undefined;
  const { host, port, user, password } = place;
  const ssl = { rejectUnauthorized: false };
  const db = knex({ client: 'mysql2', connection: { host, port, user, password, ssl } });
  try {
    const { stream }: { stream: TLSSocket } = await db.client.acquireRawConnection();
    const { subject, issuerCertificate } = stream.getPeerCertificate(true);
    stream.destroy();
    if (!/Auto_Generated/.test(String(subject.CN))) return undefined;
    const base64 = issuerCertificate.raw.toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'HANDSHAKE_NO_SSL_SUPPORT')
      return undefined;
    throw error;
  } finally {
    await db.destroy();
  }
}
