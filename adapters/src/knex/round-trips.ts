import type { Knex } from 'knex';
import { filled } from './literals.ts';

declare module 'knex' {
  // oxlint-disable-next-line no-shadow -- an augmentation has to bear the name
  namespace Knex {
    /** A connection of the pool; one that is marked as disposed does not go back into it. */
    interface PooledConnection {
      __knex__disposed?: unknown;
    }
  }
}

/** A statement as knex has compiled it, or one that is the same everywhere. */
export type Statement = Pick<Knex.Sql, 'sql'> & Partial<Knex.Sql>;

/** Text in one INSERT, and in statements that are sent together: it stays below every engine's limit of a packet. */
export const MAX_CHARACTERS = 500_000;

/** Runs statements in their order on one connection, and gives what each gives when it is awaited by itself. */
export const inTurn = <Results extends unknown[]>(
  db: Knex,
  statements: readonly Knex.QueryBuilder[],
): Promise<Results> => {
  const compiled = statements.map((statement) => statement.toSQL());
  return withConnection(db, (connection) => run<Results>(db, connection, compiled));
};

/** Runs more statements in a transaction, and gives what each gives when it is awaited by itself. */
export type Ask = <Results extends unknown[]>(statements: readonly Knex.QueryBuilder[]) => Promise<Results>;

/** A statement of a transaction. `Result` is what it gives when it is awaited by itself. */
export interface Write<Result = unknown> {
  readonly statement: Knex.QueryBuilder | Statement;
  /** Judges what it gave, before COMMIT. What it throws undoes the transaction. */
  check?(result: Result, ask: Ask): Promise<void>;
}

/**
 * One transaction. `committing` is called when COMMIT is about to be sent: until then, a lost connection means that the
 * database rolls back.
 */
export function writeAll(db: Knex, writes: readonly Write[], committing: () => void): Promise<void> {
  const compiled = writes.map(({ statement }) => ('toSQL' in statement ? statement.toSQL() : statement));
  return withConnection(db, async (connection) => {
    const ask: Ask = (statements) =>
      run(
        db,
        connection,
        statements.map((statement) => statement.toSQL()),
      );
    try {
      const [, ...results] = await run(db, connection, [{ sql: 'BEGIN' }, ...compiled]);
      for (const [index, write] of writes.entries()) await write.check?.(results[index], ask);
      committing();
      await run(db, connection, [{ sql: 'COMMIT' }]);
    } catch (error) {
      await rollBack(db, connection);
      throw error;
    }
  });
}

async function withConnection<Result>(
  { client }: Knex,
  work: (connection: Knex.PooledConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await client.acquireConnection();
  try {
    return await work(connection);
  } finally {
    await client.releaseConnection(connection);
  }
}

/** A connection that cannot roll back is not used again; the database rolls back when it is closed. */
async function rollBack(db: Knex, connection: Knex.PooledConnection): Promise<void> {
  try {
    await run(db, connection, [{ sql: 'ROLLBACK' }]);
  } catch (error) {
    connection.__knex__disposed = error;
  }
}

/** In as few round trips as the connection allows: it may take several statements at once. */
async function run<Results extends unknown[]>(
  db: Knex,
  connection: Knex.PooledConnection,
  statements: readonly Statement[],
): Promise<Results>;
async function run(
  { client }: Knex,
  connection: Knex.PooledConnection,
  statements: readonly Statement[],
): Promise<unknown[]> {
  const results: unknown[] = [];
  const trips = takesSeveral(client) ? inFewTrips(statements) : alone(statements);
  for (const { carries, sent } of trips) {
    const { sql } = sent;
    const { response, context } = await client.query(connection, sent).catch((error: unknown) => {
      throw withoutText(error, sql);
    });
    const responses = carries.length === 1 ? [response] : response[0].map((part: unknown) => [part]);
    for (const [index, statement] of carries.entries()) {
      results.push(client.processResponse({ ...statement, response: responses[index], context }, null));
    }
  }
  return results;
}

/** What knex and the driver quote in an error is the whole batch here, with the names of guests and what was noted of them. */
function withoutText(error: unknown, sql: string): unknown {
  if (!(error instanceof Error)) return error;
  error.message = error.message.replace(`${sql} - `, '');
  if ('sql' in error) error.sql = undefined;
  return error;
}

interface Trip {
  readonly carries: readonly Statement[];
  /** An object for knex to send, which it also puts the response into. */
  readonly sent: Statement;
}

const alone = (statements: readonly Statement[]): Trip[] =>
  statements.map((statement) => ({ carries: [statement], sent: { ...statement } }));

const takesSeveral = ({ connectionSettings: settings }: Knex.Client): boolean =>
  'multipleStatements' in settings && settings.multipleStatements === true;

function inFewTrips(statements: readonly Statement[]): Trip[] {
  const trips: { carries: Statement[]; sent: { sql: string } }[] = [];
  for (const statement of statements) {
    const { sql, bindings = [] } = statement;
    // One that has no values may hold question marks that stand for themselves.
    const text = bindings.length === 0 ? sql : filled(sql, bindings);
    const last = trips.at(-1);
    if (last && last.sent.sql.length + text.length <= MAX_CHARACTERS) {
      last.carries.push(statement);
      last.sent.sql += `; ${text}`;
    } else {
      trips.push({ carries: [statement], sent: { sql: text } });
    }
  }
  return trips;
}
