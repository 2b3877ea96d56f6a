import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { operationsOf, requestsOf, type Document, type Operation, type Request } from './requests.ts';
import { openWorld, type World } from './world.ts';

/** Sends requests that are made from the served document, and says what is wrong with the answers. */

/** Requests to one world, one after the other. */
const EACH = 100;

/** How often an operation answered with each status, to requests that were sound and that were not. */
export type Tally = Map<string, { sound: number; done: number; spoilt: number; refused: number }>;

export interface Fuzzed {
  readonly requests: number;
  readonly tally: Tally;
}

async function documentOf({ api }: World): Promise<Document> {
  const answer = await api.app.fetch(new Request('http://localhost/openapi.json'));
  return JSON.parse(await answer.text());
}

type Judge = (request: Request, response: Response, text: string) => string | undefined;

/** What is wrong with an answer by the document. */
function judgeOf(document: Document): Judge {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema({ ...document, $id: 'document' });
  const operations = new Map<string, Operation>(
    operationsOf(document).map(({ operation }) => [operation.operationId, operation]),
  );
  const pointer = (...steps: string[]) =>
    `document#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

  return ({ operationId, template, method }, { status, headers }, text) => {
    if (status >= 500) return `${status}`;
    const documented = operations.get(operationId)?.responses[status]?.content;
    if (!documented) return `${status} is not documented`;
    const media = headers.get('content-type') ?? '';
    if (media !== 'application/json') {
      return Object.keys(documented).some((known) => media.startsWith(known)) ? undefined : `is ${media}`;
    }
    const steps = [
      'paths',
      template,
      method.toLowerCase(),
      'responses',
      `${status}`,
      'content',
      media,
      'schema',
    ];
    const validate = ajv.getSchema(pointer(...steps));
    if (!validate) return `has no schema for ${status}`;
    return validate(JSON.parse(text)) === true ? undefined : ajv.errorsText(validate.errors);
  };
}

async function tryAll(requests: readonly Request[], judge: Judge, tally: Tally): Promise<void> {
  const world = await openWorld();
  let before = await world.state();
  for (const request of requests) {
    const response = await world.send(request);
    const text = await response.text();
    const after = await world.state();
    const fault = [
      judge(request, response, text),
      world.api.reports.length > 0 ? `reported ${String(world.api.reports[0])}` : undefined,
      response.status >= 400 && after !== before ? `${response.status} has changed something` : undefined,
    ].find((found) => found !== undefined);
    if (fault !== undefined) {
      const shown = JSON.stringify(request).slice(0, 2000);
      throw new Error(`${request.operationId}: ${fault}\n${shown}\n${text.slice(0, 1000)}`);
    }
    before = after;
    note(tally, request, response.status);
  }
}

function note(tally: Tally, { operationId, spoilt }: Request, status: number): void {
  const counts = tally.get(operationId) ?? { sound: 0, done: 0, spoilt: 0, refused: 0 };
  if (spoilt === '') counts.sound += 1;
  else counts.spoilt += 1;
  if (spoilt === '' && status < 300) counts.done += 1;
  if (spoilt !== '' && status >= 400) counts.refused += 1;
  tally.set(operationId, counts);
}

/** Throws the first fault, with the requests that lead to it and the seed. */
export async function fuzz(runs: number, seed: number): Promise<Fuzzed> {
  const document = await documentOf(await openWorld());
  const judge = judgeOf(document);
  const tally: Tally = new Map();
  const worlds = Math.ceil(runs / EACH);
  const sequences = fc.array(requestsOf(document), { minLength: EACH, maxLength: EACH, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sequences, (requests) => tryAll(requests, judge, tally)),
    { seed, numRuns: worlds, endOnFailure: true },
  );
  return { requests: worlds * EACH, tally };
}

export const operationIds = async (): Promise<string[]> =>
  operationsOf(await documentOf(await openWorld())).map(({ operation }) => operation.operationId);

/** A line for each operation: how many sound requests were carried out, how many spoilt ones were refused. */
export function reportOf({ requests, tally }: Fuzzed, seed: number): string {
  const share = (part: number, whole: number) =>
    `${Math.round((100 * part) / Math.max(1, whole))} %`.padStart(6);
  const lines = [...tally]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { sound, done, spoilt, refused }]) => {
      const counts = `${String(sound).padStart(7)} sound, 2xx${share(done, sound)};`;
      return `${id.padEnd(26)}${counts}${String(spoilt).padStart(7)} spoilt, 4xx${share(refused, spoilt)}`;
    });
  return [`${requests} requests, seed ${seed}`, ...lines].join('\n');
}
