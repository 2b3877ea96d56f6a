import { spawn, type ChildProcess } from 'node:child_process';

/** Milliseconds until a program that says nothing has failed. */
export const PATIENCE = 30_000;

export type Environment = Record<string, string>;

/** Only what is given, so that the tests do not depend on where they run. */
export const environment = (given: Environment): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, ...given });

export interface RunningProgram {
  readonly child: ChildProcess;
  /** All it has printed. */
  readonly output: () => string;
  /** How it ended. */
  readonly ended: Promise<number | null>;
  /** Sends the signal, and tells how it ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface RunningServer extends RunningProgram {
  readonly url: string;
}

/** Starts a server on a free port, and waits until it has printed `port N`. */
export async function startProgram(args: string[], env: Environment, cwd?: string): Promise<RunningServer> {
  const { program, sign } = await startUntil(/(?:port |"port":)(\d+)/, args, { PORT: '0', ...env }, cwd);
  return { ...program, url: `http://127.0.0.1:${sign[1]}` };
}

/** Starts a program, and waits until it has printed a `sign` that it is there. */
export async function startUntil(
  sign: RegExp,
  args: string[],
  env: Environment,
  cwd?: string,
): Promise<{ program: RunningProgram; sign: RegExpExecArray }> {
  const child = spawn(process.execPath, args, {
    env: environment(env),
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  const found = await new Promise<RegExpExecArray>((resolve, reject) => {
    const patience = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the program did not start: ${out}${err}`));
    }, PATIENCE);
    const look = () => {
      const seen = sign.exec(out) ?? sign.exec(err);
      if (!seen) return;
      clearTimeout(patience);
      resolve(seen);
    };
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      look();
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
      look();
    });
    void ended.then((code) => {
      clearTimeout(patience);
      reject(new Error(`the program ended with ${code}: ${err}`));
    });
  });
  const program = {
    child,
    output: () => out + err,
    ended,
    stop(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
  return { program, sign: found };
}
