import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Environment, RunningProgram } from './program.ts';
import { reslot, startRelay, startServer } from './reslot.ts';

/** For each test of a file a folder of its own, and an end to the servers and relays that it has started there. */
export function useServers() {
  let folder: string;
  let started: RunningProgram[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reslot-'));
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((program) => program.stop('SIGKILL')));
    await rm(folder, { recursive: true });
  });
  return {
    folder: () => folder,
    run: (args: string[], env: Environment = {}) => reslot(args, env, folder),
    async start(env: Environment = {}, args: string[] = []) {
      const server = await startServer(env, folder, args);
      started.push(server);
      return server;
    },
    async relay(env: Environment = {}) {
      const relay = await startRelay(env, folder);
      started.push(relay);
      return relay;
    },
  };
}
