import type { z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { checked } from './checked.ts';
import { json } from '../documents/documents.ts';
import type { Env } from '../environment.ts';
import { excessOf } from './json-bounds.ts';
import { ProblemError, problems } from '../answers/problems.ts';
import { repeatedName } from './repeated-names.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** What an endpoint takes in the body of a request. */
export interface Body<Content> {
  /** As OpenAPI says it; nothing when there is no body. */
  readonly described?: {
    readonly required: boolean;
    readonly content: Record<string, { schema: z.ZodType }>;
  };
  readonly read: (c: Context<Env>) => Promise<Content>;
}

export const noBody: Body<undefined> = { read: () => Promise.resolve(undefined) };

export const jsonBody = <Schema extends z.ZodType>(
  schema: Schema,
  maxBytes = MAX_BODY_BYTES,
): Body<z.output<Schema>> => body(schema, true, maxBytes);

/** A body that may be left out: it is an empty object then. */
export const optionalJsonBody = <Schema extends z.ZodType>(schema: Schema): Body<z.output<Schema>> =>
  body(schema, false, MAX_BODY_BYTES);

const FORM = 'application/x-www-form-urlencoded';

/** What the form of a page sends, or an optional body in JSON. */
export function formOrJsonBody<Schema extends z.ZodType>(schema: Schema): Body<z.output<Schema>> {
  const limits = limitsOf(MAX_BODY_BYTES);
  return {
    described: { required: false, content: { ...json(schema), [FORM]: { schema } } },
    read: async (c) =>
      checked(
        schema,
        c.req.header('Content-Type') === FORM
          ? fieldsOf(decode(await bytesOf(c, limits), limits))
          : await jsonOf(c, false, limits),
      ),
  };
}

/** `URLSearchParams` takes what is not, and puts other characters in its place. */
function isPercentEncoded(form: string): boolean {
  try {
    decodeURIComponent(form);
    return true;
  } catch {
    return false;
  }
}

/** A field that was left empty was not filled in. */
function fieldsOf(form: string): unknown {
  if (!isPercentEncoded(form)) {
    throw new ProblemError(problems.malformed('the form is not percent-encoded UTF-8'));
  }
  const filled = [...new URLSearchParams(form)].filter(([, value]) => value !== '');
  const fields = Object.fromEntries(filled);
  if (Object.keys(fields).length < filled.length) {
    throw new ProblemError(problems.malformed('a field of the form is there twice'));
  }
  return fields;
}

function body<Schema extends z.ZodType>(
  schema: Schema,
  required: boolean,
  maxBytes: number,
): Body<z.output<Schema>> {
  const limits = limitsOf(maxBytes);
  return {
    described: { required, content: json(schema) },
    read: async (c) => checked(schema, await jsonOf(c, required, limits)),
  };
}

interface Limits {
  readonly maxBytes: number;
  /** Ends a body that may go on for ever. */
  readonly limited: MiddlewareHandler;
}

const limitsOf = (maxBytes: number): Limits => ({
  maxBytes,
  limited: bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new ProblemError(problems.tooLarge(maxBytes));
    },
  }),
});

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

async function jsonOf(c: Context<Env>, required: boolean, limits: Limits): Promise<unknown> {
  const type = c.req.header('Content-Type');
  if (type === undefined && !required && isEmpty(c)) return {};
  if (c.req.header('Content-Encoding') !== undefined) {
    throw new ProblemError(problems.unsupportedMedia('a body is accepted without Content-Encoding only'));
  }
  if (!/^application\/json(; *charset="?utf-8"?)?$/i.test(type ?? '')) {
    throw new ProblemError(problems.unsupportedMedia('a body is accepted as application/json in UTF-8 only'));
  }
  const text = decode(await bytesOf(c, limits), limits);
  return !required && text === '' ? {} : parse(text);
}

const isEmpty = (c: Context<Env>): boolean =>
  c.req.header('Transfer-Encoding') === undefined && !Number(c.req.header('Content-Length'));

function parse(text: string): unknown {
  const excess = excessOf(text);
  if (excess !== undefined) throw new ProblemError(problems.malformed(`the body ${excess}`));
  const value = parsed(text);
  const name = repeatedName(text);
  if (name === undefined) return value;
  throw new ProblemError(problems.invalid([{ path: name, message: 'stands in one object twice' }]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError(problems.malformed('the body is not JSON'));
  }
}

async function bytesOf(c: Context, { maxBytes, limited }: Limits): Promise<ArrayBuffer> {
  const announced =
    c.req.header('Transfer-Encoding') === undefined ? c.req.header('Content-Length') : undefined;
  if (Number(announced) > maxBytes) throw new ProblemError(problems.tooLarge(maxBytes));
  try {
    // Only a body that may go on for ever is worth the stream that the limit has to make of it.
    if (announced === undefined) await limited(c, async () => {});
    return await c.req.arrayBuffer();
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    // The client went away, or was too slow; nobody will read the answer.
    throw new ProblemError(problems.malformed('the body did not arrive'), { cause });
  }
}

function decode(bytes: ArrayBuffer, { maxBytes }: Limits): string {
  if (bytes.byteLength > maxBytes) throw new ProblemError(problems.tooLarge(maxBytes));
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new ProblemError(problems.malformed('the body is not UTF-8'));
  }
}
