/** Of a JSON text only what opens and closes objects, and strings with the colon that makes them names. */
const TOKENS = /[{}]|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g;

/**
 * The first name that an object of a JSON text has twice; undefined when there is none. The text is known to be JSON.
 * `JSON.parse` takes the last value without a word: what somebody else has read in the text may be the first (RFC 7493,
 * 2.3; decision 29).
 */
export function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, string = '', colon] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      // Two spellings are one name.
      const name = string.includes('\\') ? String(JSON.parse(string)) : string.slice(1, -1);
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}
