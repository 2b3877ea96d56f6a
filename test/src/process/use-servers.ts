import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Environment, RunningServer } from './program.ts';
import { reslot, startServer } from './reslot.ts';

/** For each test of a file a folder of its own, and an end to the servers that it has started there. */
export function useServers() {
  let folder: string;
  let servers: RunningServer[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reslot-'));
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await rm(folder, { recursive: true });
  });
  return {
    folder: () => folder,
    run: (args: string[], env: Environment = {}) => reslot(args, env, folder),
    async start(env: Environment = {}, args: string[] = []) {
      const server = await startServer(env, folder, args);
      servers.push(server);
      return server;
    },
  };
}
