import { randomUUID } from 'node:crypto';
import { connect } from '@reslot/adapters/connect';

/** A database that nobody else uses; `drop` removes it. */
export interface OwnDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** Dropping a full database takes longer than any statement of ours. */
const ADMIN_TIMEOUT = 60_000;

/** Makes an empty database on the server at `url`, with a name that begins with `prefix`. */
export async function createDatabase(url: string, prefix: string): Promise<OwnDatabase> {
  const name = `${prefix}${randomUUID().slice(0, 8)}`;
  const admin = async (statement: string) => {
    const db = connect(url, { statementTimeout: ADMIN_TIMEOUT });
    await db.raw(statement, [name]);
    await db.destroy();
  };
  await admin('CREATE DATABASE ??');
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => admin('DROP DATABASE ??') };
}
