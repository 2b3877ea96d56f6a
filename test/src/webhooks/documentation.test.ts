import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RETRY_DELAYS, SUBSCRIBABLE } from '@reslot/core';
import ts from 'typescript';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { environment, startProgram } from '../process/program.ts';
import { attemptAt, listening, NEWEST, openSender, PREVIOUS, receiver, type Received } from './receivers.ts';

/** What docs/webhooks.md tells receivers to do is done here, with real messages. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

let text: string;
let folder: string;
beforeAll(async () => {
  text = await readFile(join(ROOT, 'docs/webhooks.md'), 'utf8');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reslot-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

/** The examples in a language. */
const examples = (language: string): string[] =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code = '']) =>
    name === language ? [code] : [],
  );

async function message(more: Parameters<typeof attemptAt>[1] = {}): Promise<Received> {
  const { url, received } = await receiver((_, response) => response.end());
  await openSender().send(attemptAt(url, { secrets: [NEWEST, PREVIOUS], ...more }));
  const [first] = received;
  if (!first) throw new Error('nothing came');
  return first;
}

describe('the look by hand', () => {
  const shell = (script: string | undefined, env: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const options = { cwd: folder, env: environment(env) };
      execFile('sh', ['-c', script ?? 'exit 9'], options, (error, out) => {
        resolve(`${out.trim()} ${error?.code ?? 0}`);
      });
    });
  const settings = ({ headers }: Received, secret: string) => ({
    SECRET: secret,
    ID: String(headers['webhook-id']),
    TIMESTAMP: String(headers['webhook-timestamp']),
    SIGNATURE: String(headers['webhook-signature']),
  });

  test('finds what is genuine, by either secret, and what is not', async () => {
    const [script] = examples('sh');
    const received = await message();
    const { body } = received;
    const verdict = async (content: string, env: Record<string, string>) => {
      await writeFile(join(folder, 'body.json'), content);
      return shell(script, env);
    };
    const good = settings(received, NEWEST);
    expect(await verdict(body, good)).toBe('genuine 0');
    expect(await verdict(body, settings(received, PREVIOUS))).toBe('genuine 0');
    const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    expect(await verdict(body, settings(received, other))).toBe('forged 1');
    expect(await verdict(`${body} `, good)).toBe('forged 1');
    expect(await verdict(body, { ...good, ID: 'msg_2' })).toBe('forged 1');
    expect(await verdict(body, { ...good, TIMESTAMP: `${Number(good.TIMESTAMP) + 1}` })).toBe('forged 1');
    const MINUTE = 60_000;
    for (const [minutes, said] of [
      [-6, 'stale 1'],
      [-4, 'genuine 0'],
      [4, 'genuine 0'],
      [6, 'stale 1'],
    ] as const) {
      const late = await message({ at: Date.now() + minutes * MINUTE });
      expect(await verdict(late.body, settings(late, NEWEST))).toBe(said);
    }
  });

  test('reckons the header of the family', async () => {
    const [, script] = examples('sh');
    const { body, headers } = await message({ familyHeaders: true });
    await writeFile(join(folder, 'body.json'), body);
    expect(await shell(script, { SECRET: NEWEST })).toBe(`${String(headers['x-apifycloud-signature'])} 0`);
  });
});

describe('the receiver in TypeScript', () => {
  async function started() {
    const [code = ''] = examples('ts');
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    await writeFile(
      join(folder, 'receiver.mjs'),
      ts.transpileModule(code, { compilerOptions: options }).outputText,
    );
    await symlink(join(ROOT, 'test/node_modules'), join(folder, 'node_modules'));
    const probe = createServer();
    const port = await listening(probe);
    await new Promise((resolve) => probe.close(resolve));
    const env = { PORT: String(port), WEBHOOK_SECRET: NEWEST };
    const server = await startProgram([join(folder, 'receiver.mjs')], env, folder);
    onTestFinished(() => void server.stop('SIGKILL'));
    return server;
  }

  test('compiles', async () => {
    const [code = ''] = examples('ts');
    const file = join(folder, 'receiver.ts');
    await writeFile(file, code);
    await symlink(join(ROOT, 'test/node_modules'), join(folder, 'node_modules'));
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });

  test('takes what is genuine, once, and refuses the rest', async () => {
    const server = await started();
    const send = async (more: Parameters<typeof attemptAt>[1] = {}) => {
      const outcome = await openSender().send(attemptAt(`${server.url}/`, more));
      return 'status' in outcome ? outcome.status : outcome;
    };
    const body = '{"type":"scheduled.rescheduled"}';
    expect(await send({ body })).toBe(204);
    expect(await send({ body, number: 2, at: Date.now() + 1000 })).toBe(204);
    expect(await send({ body: '{"type":"forged"}', secrets: [PREVIOUS], messageId: 'msg_2' })).toBe(401);
    const old = Date.now() - 6 * 60_000;
    expect(await send({ body: '{"type":"old"}', at: old, messageId: 'msg_3' })).toBe(401);
    expect(await send({ body: '{"type":"both"}', secrets: [PREVIOUS, NEWEST], messageId: 'msg_4' })).toBe(
      204,
    );
    await server.stop('SIGTERM');
    expect(server.output().match(/type: '\S+'/g)).toEqual(["type: 'scheduled.rescheduled'", "type: 'both'"]);
  });
});

test('the types and the delays are those that there are', () => {
  const types = [...text.matchAll(/^\| `(scheduled\.\w+)`/gm)].map(([, type]) => type);
  expect(types.toSorted()).toEqual(SUBSCRIBABLE.toSorted());
  const spelled = (delay: number) =>
    delay < 60_000
      ? `${delay / 1000} s`
      : delay < 3_600_000
        ? `${delay / 60_000} min`
        : `${delay / 3_600_000} h`;
  expect(text).toContain(` after ${RETRY_DELAYS.map(spelled).join(', ')}, each`);
});
