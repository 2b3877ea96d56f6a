import { expect, test } from 'vitest';
import { needOf, sampleCall } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** Texts that mean something to one database or another. */
const TEXTS = [
  "'); DELETE FROM calls; --",
  "it''s \\' or \\\\ or `this` or \"that\"",
  '? ?? :name $1 @x %s {}',
  '\b\t\n\r\u001a\u0085\u2028',
  '\\n \\0 \\Z \\% \\_',
  '/* x */ # y',
  '😀 שלום e\u0301 \ufeff',
];

/** What is stored is loaded as it was. */
export function textContract(context: StoreContext): void {
  const { newApp, put } = context;

  test('gives every text as it was stored, whatever it means to a database', async () => {
    const appId = await newApp();
    const called = TEXTS.map((text, index) =>
      sampleCall({ appId, id: `x${index}`, agentId: null, guestName: text, intakeNotes: text }),
    );
    await put(...called);
    const { calls } = await context.store.load(called.map(needOf));
    expect(calls.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(called);
  });
}
