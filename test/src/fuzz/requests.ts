import fc from 'fast-check';
import { hostile } from '../hostile.ts';
import { valuesOf, type Schema, type Schemas } from './schemas.ts';

/** Requests of every operation in the OpenAPI document: sound ones, and such as have one part spoilt. */

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
  readonly description?: string;
}

export interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: { readonly 'application/json': { readonly schema: Schema } };
  };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas };
}

/** A request, in which `@call:3` and the like stand for ids and links that are known when it is sent. */
export interface Request {
  readonly operationId: string;
  readonly method: string;
  /** As the document has it. */
  readonly template: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether it shows a credential: a link of a guest needs none. */
  readonly credential: boolean;
  /** Which part of it is not sound. */
  readonly spoilt: string;
}

/** Every operation but those for operators, of which nothing is said of credentials. */
export const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods)
      .filter(([, { security }]) => security !== undefined)
      .map(([method, operation]) => ({ method: method.toUpperCase(), template, operation })),
  );

type Described = ReturnType<typeof operationsOf>[number];

export const requestsOf = (document: Document): fc.Arbitrary<Request> =>
  fc.oneof(
    ...operationsOf(document).map((described) => {
      const sound = soundOf(document.components.schemas, described);
      return fc.oneof(sound, sound.chain(spoilt));
    }),
  );

const KINDS: Readonly<Record<string, string>> = { holds: 'hold', webhooks: 'webhook' };
const JSON_TYPE = { 'content-type': 'application/json' };

function soundOf(schemas: Schemas, { method, template, operation }: Described): fc.Arbitrary<Request> {
  const { operationId, security = [], parameters = [], requestBody } = operation;
  const credential = security.length > 0;
  const [, collection = ''] = /\/([^/]+)\/\{id\}/.exec(template) ?? [];
  const kind = KINDS[collection];
  const partOf = (where: Parameter['in']) =>
    fc.tuple(
      ...parameters
        .filter((parameter) => parameter.in === where && !parameter.description?.startsWith('Refused'))
        .map(({ name, schema, required }) => {
          const isId = kind !== undefined && name === 'id' && where === 'path';
          const inVoice = where === 'path' && name === 'callId';
          const values = isId
            ? fc.nat(2).map((index) => `@${kind}:${index}`)
            : valuesOf(schemas, schema, name).map((value) => `${inVoice ? 'call_' : ''}${String(value)}`);
          const entries = values.map((value) => [[name, value]] as [string, string][]);
          return required ? entries : fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, entries);
        }),
    );
  const schema = requestBody?.content['application/json'].schema;
  const content = schema
    ? valuesOf(schemas, schema).map((value) => JSON.stringify(value))
    : fc.constant(undefined);
  const body = requestBody?.required === false ? fc.option(content, { nil: undefined }) : content;
  return fc
    .record({
      path: partOf('path'),
      query: partOf('query'),
      heads: partOf('header'),
      body,
      // Where there are no credentials there are pages as well.
      accept: credential ? fc.constant({}) : fc.constantFrom({}, { accept: 'text/html' }),
    })
    .map(({ path, query, heads, body: text, accept }) => ({
      operationId,
      method,
      template,
      path: Object.fromEntries(path.flat()),
      query: query.flat(),
      headers: { ...accept, ...Object.fromEntries(heads.flat()), ...(text !== undefined && JSON_TYPE) },
      body: text,
      credential,
      spoilt: '',
    }));
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    0,
    -1,
    0.5,
    1e300,
    2 ** 53,
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    '__proto__',
  ),
  fc.constantFrom(
    'x'.repeat(70_000),
    '2026-02-30T10:00:00Z',
    '2026-05-02',
    "' OR 1=1--",
    '../..',
    '%00',
    '\ud800',
  ),
  hostile(20),
);

/** Replaces, removes or adds at some place in a JSON value. */
function spoiltValue(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    const within = items.map((item, index) => spoiltValue(item).map((other) => items.with(index, other)));
    return fc.oneof(
      junk,
      junk.map((more) => [...items, more]),
      fc.constant([...items, ...items]),
      ...within,
    );
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    const without = entries.map((_, index) => fc.constant(Object.fromEntries(entries.toSpliced(index, 1))));
    const within = entries.map(([name, part]) =>
      spoiltValue(part).map((other) => ({ ...value, [name]: other })),
    );
    const more = fc.tuple(
      fc.oneof(fc.constantFrom('id', 'status', '__proto__', 'constructor'), hostile(5)),
      junk,
    );
    const added = more.map(([name, part]) => Object.fromEntries([...entries, [name, part]]));
    return fc.oneof(junk, added, ...without, ...within, ...within);
  }
  return junk;
}

const spoiltText = (text: string) =>
  fc.oneof(
    { weight: 5, arbitrary: spoiltValue(JSON.parse(text)).map((value) => JSON.stringify(value)) },
    fc.nat(text.length).map((end) => text.slice(0, end)),
    fc.constantFrom(
      '',
      '{',
      'null',
      '[',
      '1e999',
      '{"a":1,"a":2}',
      `${text}${text}`,
      text.replace('{', '{"a":1,"a":1,'),
    ),
    hostile(30),
  );

const texts = fc.oneof(
  hostile(20),
  fc.constantFrom('', '0', 'null', 'x'.repeat(300), '%', '1e9', '@call:1,@call:2'),
);
const headerTexts = texts.map((text) => text.replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, '?'));

function spoilt(request: Request): fc.Arbitrary<Request> {
  const { path, query, headers, body } = request;
  const ways: fc.Arbitrary<Request>[] = [
    fc
      .tuple(fc.constantFrom('dryRun', 'scope', 'limit', 'nope', 'override', 'cursor', 'status'), texts)
      .map(([name, text]) => ({
        ...request,
        query: [...query, [name, text]],
        spoilt: 'query',
      })),
    fc
      .tuple(
        fc.constantFrom(
          'if-match',
          'idempotency-key',
          'x-actor',
          'authorization',
          'x-api-key',
          'content-type',
          'content-encoding',
          'x-request-id',
        ),
        headerTexts,
      )
      .map(([name, text]) => ({ ...request, headers: { ...headers, [name]: text }, spoilt: 'headers' })),
    ...Object.keys(path).map((name) =>
      fc
        .oneof(texts, fc.uuid())
        // An empty step, or one with dots, would be another path.
        .filter((text) => !/^(\.|%2e)*$/i.test(text))
        .map((text) => ({ ...request, path: { ...path, [name]: text }, spoilt: 'path' })),
    ),
  ];
  if (body !== undefined && body !== '') {
    const bodies = spoiltText(body).map((text) => ({ ...request, body: text, spoilt: 'body' }));
    ways.push(bodies, bodies, bodies);
  }
  return fc.oneof(...ways);
}
