import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Keeps a result as a file in `folder`, and says where. */
export async function keep(folder: string, name: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, `${content}\n`);
  say(`written: ${path}`);
}
