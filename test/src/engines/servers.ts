import { MySqlContainer } from '@testcontainers/mysql';

/** A database server that may be used, or why there is none. */
export type Found = { readonly url: string; readonly where: string } | { readonly missing: string };

export interface Servers {
  readonly mysql: Found;
  readonly mariadb: Found;
  /** Stops what was started to find them. */
  stop(): Promise<void>;
}

const DEFAULT_IMAGE = 'mysql:9.7';

/** The servers that the environment names; for MySQL a container, if it names none and Docker is there. */
export async function findServers(): Promise<Servers> {
  const mariadb = given('RESLOT_TEST_MARIADB_URL');
  const mysql = given('RESLOT_TEST_MYSQL_URL');
  if ('url' in mysql) return { mysql, mariadb, stop: async () => {} };
  const image = process.env.RESLOT_TEST_MYSQL_IMAGE ?? DEFAULT_IMAGE;
  try {
    const container = await new MySqlContainer(image).withRootPassword('root').start();
    const url = `mysql://root:root@${container.getHost()}:${container.getPort()}/test`;
    const stop = async () => {
      await container.stop();
    };
    return { mysql: { url, where: `a container of ${image}` }, mariadb, stop };
  } catch (error) {
    const missing = `${mysql.missing}, and no container starts: ${firstLine(error)}`;
    return { mysql: { missing }, mariadb, stop: async () => {} };
  }
}

function given(variable: string): Found {
  const url = process.env[variable];
  return url ? { url, where: variable } : { missing: `${variable} is not set` };
}

const firstLine = (error: unknown): string => String(error).split('\n')[0] ?? '';
