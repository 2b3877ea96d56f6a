import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ok, problem, warning, type Finding } from './check.ts';

/** What every account of the machine may do with a file (POSIX). */
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;
const OTHERS_ENTER = 0o001;

/** Whether the database is there: it must not be opened before, as SQLite would make it. */
export async function presence(path: string): Promise<readonly Finding[]> {
  const todo = 'Run `reslot migrate`, or start the server, in the folder that the path begins in.';
  return [
    (await modeOf(path)) === undefined
      ? problem('file', `there is no database at ${path}`, todo)
      : ok('file', path),
  ];
}

/** Whether other accounts of the machine may read a file; nothing where none is. */
export async function permissions(name: string, path: string): Promise<readonly Finding[]> {
  const mode = await modeOf(path);
  if (mode === undefined) return [];
  const others = (await isEntered(path)) ? mode : 0;
  const todo = `chmod o-rwx ${path}, and the folder that it is in.`;
  if (others & OTHERS_WRITE) return [problem(name, `every account of this machine may write ${path}`, todo)];
  if (others & OTHERS_READ) return [warning(name, `every account of this machine may read ${path}`, todo)];
  return [ok(name, `${path} is closed to other accounts`)];
}

/** undefined where nothing is. Windows has other rules, and says nothing of them here. */
async function modeOf(path: string): Promise<number | undefined> {
  try {
    const { mode } = await stat(path);
    return process.platform === 'win32' ? 0 : mode;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether others may enter every folder on the way to it. */
async function isEntered(path: string): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (!(((await modeOf(folder)) ?? 0) & OTHERS_ENTER)) return false;
    if (folder === dirname(folder)) return true;
  }
}
