import type { Knex } from 'knex';

/** Throws a TypeError for a connection that renames columns: the adapter names its columns itself, and would not find them. */
export function refuseMappers(db: Knex): void {
  const { wrapIdentifier, postProcessResponse } = db.client.config;
  if (wrapIdentifier ?? postProcessResponse) {
    throw new TypeError('give the adapter a Knex instance without wrapIdentifier and postProcessResponse');
  }
}

/** Throws a TypeError for a transaction: the store begins and commits its own, and would commit this one. */
export function refuseTransaction(db: Knex): void {
  if (db.isTransaction) throw new TypeError('give the store a Knex instance that is not a transaction');
}
