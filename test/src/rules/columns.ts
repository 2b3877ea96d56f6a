import { HELD } from './held.ts';
import { HISTORY, SERIES, SERIES_HISTORY, WITH_THE_KEY } from './history.ts';
import { IN_THE_WAY } from './obstacles.ts';
import { OUTCOMES, type Tell } from './outcomes.ts';
import { newScene, type Scene } from './scene.ts';
import { AVAILABILITY, OTHER_CALLS, POLICY, THE_CALL } from './situations.ts';
import {
  ASKED,
  ASKED_FOR_THE_OTHER,
  MODE,
  NOW_IS,
  OVERRIDE,
  REASON,
  SCOPE,
  VERSIONS,
  WHO,
} from './wishes.ts';
import { read, type Vocabulary } from './words.ts';

/** What a column of the page says of a row's scene. An empty cell: it is as in every row. */
const GIVEN: Readonly<Record<string, Vocabulary>> = {
  'the call': THE_CALL,
  'other calls': OTHER_CALLS,
  'the other call': OTHER_CALLS,
  before: HISTORY,
  'in the series': SERIES_HISTORY,
  'the policy': POLICY,
  agents: AVAILABILITY,
  held: HELD,
  'in the way': IN_THE_WAY,
  'and also': IN_THE_WAY,
  now: NOW_IS,
  who: WHO,
  asked: ASKED,
  'for the other': ASKED_FOR_THE_OTHER,
  'of which': SERIES,
  scope: SCOPE,
  mode: MODE,
  reason: REASON,
  'If-Match': VERSIONS,
  override: OVERRIDE,
  'asked before': WITH_THE_KEY,
};

const tellOf = (heading: string): Tell | undefined =>
  Object.hasOwn(OUTCOMES, heading) ? OUTCOMES[heading] : undefined;

/** Whether it is a column of what comes of a scene; throws where it is no column at all. */
export function isOutcome(heading: string): boolean {
  if (tellOf(heading)) return true;
  if (!Object.hasOwn(GIVEN, heading)) throw new Error(`no column: ${heading}`);
  return false;
}

/** The row as the engine has it: what is given as it stands, what comes of it as it is. */
export async function asItIs(headings: readonly string[], row: readonly string[]): Promise<string[]> {
  const scene: Scene = newScene();
  const cells = headings.map((heading, index) => ({ heading, cell: row[index] ?? '' }));
  for (const { heading, cell } of cells) {
    const vocabulary = isOutcome(heading) ? undefined : GIVEN[heading];
    if (vocabulary) read(vocabulary, cell, scene);
  }
  const told: string[] = [];
  for (const { heading, cell } of cells) told.push((await tellOf(heading)?.(scene)) ?? cell);
  return told;
}
