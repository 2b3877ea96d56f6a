import type { Knex } from 'knex';

/** Whether it is MySQL or MariaDB, and not SQLite. */
export const isMysql = (db: Knex): boolean => db.client.dialect === 'mysql';
