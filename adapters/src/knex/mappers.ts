import type { Knex } from 'knex';

/** Throws a TypeError for a connection that renames columns: the adapter names its columns itself, and would not find them. */
export function refuseMappers(db: Knex): void {
  const { wrapIdentifier, postProcessResponse } = db.client.config;
  if (wrapIdentifier ?? postProcessResponse) {
    throw new TypeError('give the adapter a Knex instance without wrapIdentifier and postProcessResponse');
  }
}
