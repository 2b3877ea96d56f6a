import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Knex } from 'knex';
import type { Connection } from 'mysql2';
import { patient } from './patience.ts';

const require = createRequire(import.meta.url);
const Mysql2Client: typeof Knex.Client = require('knex/lib/dialects/mysql2/index.js');

declare module 'knex' {
  // oxlint-disable-next-line no-shadow -- an augmentation has to bear the name
  namespace Knex {
    /** Methods of a dialect that knex's types leave out: it runs a statement, and it closes a connection. */
    interface Client {
      _query(connection: object, query: object): Promise<unknown>;
      destroyRawConnection(connection: object): Promise<void>;
    }
  }
}

const GOODBYE_TIMEOUT = 1_000;

/** A connection, with the parts that mysql2's types leave out. */
export interface CuttableConnection extends Connection {
  readonly stream: Socket;
  __knex__disposed?: unknown;
}

interface Query {
  readonly sql: string;
  readonly bindings?: readonly unknown[] | null;
  readonly options?: object;
}

/**
 * MySQL and MariaDB through mysql2, with a bound in milliseconds on every trip: a statement, BEGIN and COMMIT included, or
 * several that are sent as one. Patient connections have none.
 */
export const mysqlClient = (statementTimeout: number): typeof Knex.Client =>
  class extends Mysql2Client {
    override async _query(connection: CuttableConnection, query: Query): Promise<unknown> {
      try {
        const bound = patient.has(connection) ? {} : { timeout: statementTimeout };
        // For a value that is not there, mysql2 would look through the whole statement for its question mark.
        const bindings = query.bindings?.length ? query.bindings : null;
        return await super._query(
          connection,
          Object.assign(query, { bindings, options: { ...bound, ...query.options } }),
        );
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') {
          // The answer may still come, and would be taken for the answer to the next statement.
          connection.__knex__disposed = error;
          cut(connection);
        }
        throw error;
      }
    }

    /** A database that does not answer does not answer a good-bye either. */
    override async destroyRawConnection(connection: CuttableConnection): Promise<void> {
      const { stream } = connection;
      if (stream.closed) return super.destroyRawConnection(connection);
      const closed = new Promise<void>((resolve) => {
        stream.once('close', () => resolve());
      });
      const patience = setTimeout(() => cut(connection), GOODBYE_TIMEOUT);
      void closed.then(() => clearTimeout(patience));
      return Promise.race([super.destroyRawConnection(connection), closed]);
    }
  };

/** mysql2 by itself only ends its half of the connection, and the other half keeps the process. */
export function cut(connection: CuttableConnection): void {
  connection.destroy();
  connection.stream.destroy();
}
