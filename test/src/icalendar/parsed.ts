import ICAL from 'ical.js';

/** One property, as another program reads it. */
export interface Line {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly value: string;
}

/** One iCalendar object with one event, as another program reads it. */
export interface Read {
  readonly calendar: Readonly<Record<string, Line>>;
  readonly event: Readonly<Record<string, Line>>;
}

/** Throws if there is not exactly one object with one event and nothing else, or a property comes twice. */
export function read(text: string): Read {
  const calendar = ICAL.Component.fromString(text);
  const [event, ...more] = calendar.getAllSubcomponents();
  if (calendar.name !== 'vcalendar' || event?.name !== 'vevent' || more.length > 0)
    throw new Error(`not one event: ${text}`);
  if (event.getAllSubcomponents().length > 0) throw new Error(`something in the event: ${text}`);
  return { calendar: linesOf(calendar), event: linesOf(event) };
}

function linesOf(component: ICAL.Component): Record<string, Line> {
  const lines: Record<string, Line> = {};
  for (const property of component.getAllProperties()) {
    const [name, parameters] = property.jCal;
    if (name in lines) throw new Error(`${name} comes twice`);
    lines[name] = { parameters, value: String(property.getFirstValue()) };
  }
  return lines;
}
