import { spawn, type ChildProcess } from 'node:child_process';

/** Milliseconds until a program that says nothing has failed. */
export const PATIENCE = 30_000;

export type Environment = Record<string, string>;

/** Only what is given, so that the tests do not depend on where they run. */
export const environment = (given: Environment): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, ...given });

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
