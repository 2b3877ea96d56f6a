/**
 * How many cases a property of the rules is tried on: enough to work with, and where CI is set, what the project promises. A case is a
 * history, a schedule, a search for open slots, or a tenth of a history of series, which has some ten changes.
 */
export const RUNS = process.env.CI ? 10_000 : 400;

/** Milliseconds that so many may take on a machine with other things to do. */
export const PATIENCE = 300_000;
