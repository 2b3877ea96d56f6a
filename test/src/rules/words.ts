import type { AgentId } from '@reslot/core';
import type { Scene } from './scene.ts';

/** A phrase, and what it means for the scene; `found` are the groups of the pattern, empty where they took no part. */
type Phrase = readonly [pattern: string, mean: (scene: Scene, found: readonly string[]) => void];
export type Vocabulary = readonly Phrase[];

/** As a part of a pattern. Nobody is called Zoe. */
export const AGENT = '(Ana|Ben|Cy|Zoe)';
export const AGENT_OR_NOBODY = '(Ana|Ben|nobody)';
export const agentOf = (name: string): AgentId => name.toLowerCase();
export const agentOrNobody = (name: string): AgentId | null => (name === 'nobody' ? null : agentOf(name));

/** A group that must be there. */
export function group(found: readonly string[], index: number): string {
  const text = found[index];
  if (text === undefined) throw new Error(`no group ${index}`);
  return text;
}

/** Reads the phrases of a cell, which semicolons part; throws unless exactly one pattern fits each. */
export function read(vocabulary: Vocabulary, cell: string, scene: Scene): void {
  for (const phrase of cell.split('; ')) {
    if (phrase === '') continue;
    const fitting = vocabulary.flatMap(([pattern, mean]) => {
      const match = new RegExp(`^(?:${pattern})$`).exec(phrase);
      return match ? [{ mean, found: match.slice(1).map((text) => text ?? '') }] : [];
    });
    const [only, another] = fitting;
    if (!only || another) throw new Error(`${fitting.length} meanings of: ${phrase}`);
    only.mean(scene, only.found);
  }
}
