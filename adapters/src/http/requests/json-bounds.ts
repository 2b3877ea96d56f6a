/** Levels of objects and arrays in a body, and names in all of its objects; no request needs half as many. */
export const MOST_LEVELS = 32;
export const MOST_NAMES = 10_000;

/** What a text, JSON or not, has more of than a body may. To look is cheaper than to parse. */
export function excessOf(text: string): string | undefined {
  let levels = 0;
  let names = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === ':') names += 1;
    else if (char === '{' || char === '[') levels += 1;
    else if (char === '}' || char === ']') levels -= 1;
    if (levels > MOST_LEVELS) return `is nested more than ${MOST_LEVELS} levels deep`;
    if (names > MOST_NAMES) return `has more than ${MOST_NAMES} names`;
  }
  return undefined;
}
