import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';

/** The command line as it ships: the built program, in a process of its own. */

const BIN = createRequire(import.meta.url).resolve('@reslot/server/bin/reslot.js');
const PATIENCE = 30_000;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Environment = Record<string, string>;

/** Only what is given, so that the tests do not depend on where they run. */
const environment = (given: Environment): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, ...given });

/** Runs a command to its end. */
export function reslot(args: string[], env: Environment, cwd?: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { env: environment(env), cwd, timeout: PATIENCE },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });
}

export interface RunningServer {
  readonly url: string;
  readonly child: ChildProcess;
  /** All it has printed. */
  readonly output: () => string;
  /** How it ended. */
  readonly ended: Promise<number | null>;
  /** Sends the signal, and tells how it ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `reslot serve` on a free port, and waits until it listens. */
export const startServer = (env: Environment, cwd?: string, args: string[] = []): Promise<RunningServer> =>
  startProgram([BIN, 'serve', ...args], env, cwd);

/** Starts a server on a free port, and waits until it has printed `port N`. */
export async function startProgram(args: string[], env: Environment, cwd?: string): Promise<RunningServer> {
  const child = spawn(process.execPath, args, {
    env: environment({ PORT: '0', ...env }),
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  const port = await new Promise<string>((resolve, reject) => {
    const patience = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start: ${out}${err}`));
    }, PATIENCE);
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      const [, found] = /(?:port |"port":)(\d+)/.exec(out) ?? [];
      if (found === undefined) return;
      clearTimeout(patience);
      resolve(found);
    });
    void ended.then((code) => reject(new Error(`the server ended with ${code}: ${err}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    output: () => out + err,
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
