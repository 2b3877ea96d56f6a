import type { Profiler } from 'node:inspector';

/** Where a piece of the server's work belongs, by the file that it stands in; the first that matches. */
const STAGES: readonly (readonly [stage: string, file: RegExp])[] = [
  ['parse: credential, body, schemas', /adapters\/dist\/http\/(?:admission|callers|requests|endpoint)/],
  ['answer: shapes, JSON', /adapters\/dist\/http\//],
  ['queue', /core\/dist\/application\//],
  ['decide', /core\/dist\/domain\//],
  ['load and commit: rows, statements', /adapters\/dist\/knex\//],
  ['clock, ids, server', /(?:adapters|apps)\/.*dist\//],
];
const LIBRARIES: readonly (readonly [stage: string, file: RegExp])[] = [
  ['Hono, and its bridge to Node', /node_modules\/(?:@hono\/|hono\/)/],
  ['zod', /node_modules\/zod\//],
  ['knex, mysql2', /node_modules\/(?:knex|mysql2|tarn|sql-escaper|lodash|debug|lru\.min)\//],
];
const INSPECTOR = /inspector|bench\/dist\/bench\/profiled/;

/** Microseconds of a profile by stage. Waiting is left out, and so is the profiler. */
export function stagesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const stageOfNode = new Map<number, string | undefined>();

  function chain(id: number): Profiler.ProfileNode[] {
    const frames: Profiler.ProfileNode[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parentOf.get(at)) {
      const node = nodeOf.get(at);
      if (node) frames.push(node);
    }
    return frames;
  }

  function stage(id: number): string | undefined {
    const frames = chain(id);
    const name = frames[0]?.callFrame.functionName;
    if (name === '(idle)' || frames.some(({ callFrame }) => INSPECTOR.test(callFrame.url))) return undefined;
    if (name === '(garbage collector)') return 'garbage collector';
    // What a library does for one of our files belongs to that file.
    const ours = frames.find(({ callFrame: { url } }) => /dist\//.test(url) && !/node_modules/.test(url));
    const lent = frames.find(({ callFrame: { url } }) => /node_modules/.test(url));
    const found =
      STAGES.find(([, file]) => ours && file.test(ours.callFrame.url)) ??
      LIBRARIES.find(([, file]) => lent && file.test(lent.callFrame.url));
    return found?.[0] ?? 'Node: HTTP, sockets, promises';
  }

  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    if (!stageOfNode.has(id)) stageOfNode.set(id, stage(id));
    const known = stageOfNode.get(id);
    if (known !== undefined) times.set(known, (times.get(known) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}
