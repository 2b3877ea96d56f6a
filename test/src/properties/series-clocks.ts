import { DAY, type Instant } from '@reslot/core';

/**
 * The clocks of a zone, by what the runtime writes and nothing of the engine. A time on the clock is written as the
 * instant at which UTC shows it.
 */
export type Wall = number;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  // Swedes write 2026-03-29 01:30:00.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, format);
  return format;
}

/** What the clocks show, to the second. */
export const wallOf = (at: Instant, zone: string): Wall =>
  Date.parse(`${formatOf(zone).format(at).replace(' ', 'T')}Z`);

/** The first instant at which the clocks show this; if they skip it, where they would be had they not been changed. */
export function instantOf(wall: Wall, zone: string): Instant {
  const [before, after] = [offsetAt(wall - DAY, zone), offsetAt(wall + DAY, zone)];
  const shown = [wall - before, wall - after].filter((at) => wallOf(at, zone) === wall);
  return shown.length > 0 ? Math.min(...shown) : wall - before;
}

const offsetAt = (at: Instant, zone: string): number => wallOf(at, zone) - at;

/** As a series keeps it. */
export const written = (wall: Wall): string => new Date(wall).toISOString().slice(0, 19);
