import type { Instant, OfferedTimes, Status } from '@reslot/core';
import { html, raw } from 'hono/html';
import { toIso } from '../requests/time.ts';
import { localTimes } from './local-times.ts';
import type { Filled } from './refusals.ts';
import { zoneOf, type Seen } from './shapes.ts';
import { STYLE_ELEMENT } from './style.ts';
import { saidOf } from './words.ts';

/** The pages for guests. They need no script; `html` escapes whatever is put into them. */

/** Text of a page, escaped. */
export type Page = ReturnType<typeof html>;

const STANDS: Record<Status, string> = {
  scheduled: 'Booked',
  pending_confirmation: 'Waiting to be confirmed',
  confirmed: 'Confirmed',
  started: 'Under way',
  completed: 'Over',
  cancelled: 'Cancelled',
  no_show: 'Over',
};

const WHY = {
  superseded: 'The call has changed since this link was made, so it only shows how the call stands now.',
  started: 'The call has begun and cannot be changed any more.',
  over: 'This call cannot be changed any more.',
} as const;

const framed = (title: string, content: Page): Page =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="robots" content="noindex, nofollow" />
        <title>${title}</title>
        ${raw(STYLE_ELEMENT)}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `;

const noticeOf = (text: string | undefined): Page | '' =>
  text === undefined ? '' : html`<p role="status">${sentence(text)}</p>`;

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

/** A page that only says something. */
export const notePage = (text: string): Page => framed('Your call', html`<p>${sentence(text)}</p>`);

/** Why less can be done than the link was made for. */
function limitOf({ readOnly, immovable }: Seen['opened']): string | undefined {
  if (readOnly !== null) return WHY[readOnly];
  return immovable === null ? undefined : saidOf(immovable);
}

/** The call, and what its guest can do. `link` leads to the link from where the page stands. */
export function callPage(seen: Seen, link: string, notice?: string): Page {
  const { call, actions } = seen.opened;
  const zone = zoneOf(seen);
  const { day, hour } = localTimes(zone);
  return framed(
    'Your call',
    html`${noticeOf(notice ?? limitOf(seen.opened))}
      <dl>
        <dt>When</dt>
        <dd>
          <time datetime="${toIso(call.startsAt)}">${day(call.startsAt)}, ${hour(call.startsAt)}</time>
          (${zone}), ${call.durationMinutes} minutes
        </dd>
        <dt>Guest</dt>
        <dd>${call.guestName}</dd>
        ${
          seen.agent
            ? html`<dt>With</dt>
                <dd>${seen.agent.name}</dd>`
            : ''
        }
        <dt>Status</dt>
        <dd>${STANDS[call.status]}</dd>
      </dl>
      ${actions.includes('reschedule') ? html`<p><a href="${link}/slots">Choose another time</a></p>` : ''}
      ${actions.includes('cancel') ? cancelForm(link) : ''}`,
  );
}

const cancelForm = (link: string): Page =>
  html`<details>
    <summary>Cancel this call</summary>
    <form method="post" action="${link}/cancel">
      ${reasonField(false)}
      <p><button>Cancel the call</button></p>
    </form>
  </details>`;

const reasonField = (isRequired: boolean, value = ''): Page =>
  html`<p>
    <label for="reason">${isRequired ? 'Why? (please say)' : 'Why? (may be left empty)'}</label>
    <input
      type="text"
      id="reason"
      name="reason"
      value="${value}"
      maxlength="500"
      autocomplete="off"
      ${isRequired ? 'required' : ''}
    />
  </p>`;

/** The times to choose among, by day. */
export function timesPage(seen: Seen, link: string, times: OfferedTimes, now: number): Page {
  const { from, to } = times;
  const starts = times.slots.map((slot) => slot.from);
  const step = (start: number, text: string) =>
    html`<a href="?fromUtc=${toIso(start)}&amp;toUtc=${toIso(start + (to - from))}">${text}</a>`;
  return framed(
    'Choose another time',
    html`${clocksOf(seen)}
      ${starts.length === 0 ? html`<p>There is no free time in these days.</p>` : timesForm(seen, link, starts)}
      <p>${from > now ? step(from - (to - from), 'Earlier times') : ''} ${step(to, 'Later times')}</p>
      <p><a href="${link}">Keep the call as it is</a></p>`,
  );
}

/** Some times to choose among at once, where the wanted one would not do as it was asked for. */
export const choicePage = (
  seen: Seen,
  link: string,
  notice: string,
  starts: readonly Instant[],
  filled: Filled,
): Page =>
  framed(
    'Choose another time',
    html`${noticeOf(notice)} ${clocksOf(seen)} ${timesForm(seen, link, starts, filled)}
      <p><a href="${link}/slots">Other times</a></p>
      <p><a href="${link}">Keep the call as it is</a></p>`,
  );

const clocksOf = (seen: Seen): Page =>
  html`<p>
    Times are those of ${zoneOf(seen)}. The call takes ${seen.opened.call.durationMinutes} minutes.
  </p>`;

function timesForm(seen: Seen, link: string, starts: readonly Instant[], filled?: Filled): Page {
  const { day, hour } = localTimes(zoneOf(seen));
  const days = new Map<string, Instant[]>();
  for (const start of starts) days.set(day(start), [...(days.get(day(start)) ?? []), start]);
  const choice = (start: Instant) =>
    html`<label
      ><input
        type="radio"
        name="startUtc"
        value="${toIso(start)}"
        required
        ${start === filled?.startsAt ? 'checked' : ''}
      />
      ${hour(start)}</label
    > `;
  return html`<form method="post" action="${link}/reschedule">
    ${[...days].map(
      ([name, found]) =>
        html`<fieldset>
          <legend>${name}</legend>
          ${found.map(choice)}
        </fieldset> `,
    )}
    ${reasonField(seen.opened.policy.actors.guest.reasonRequired, filled?.reason)}
    <p><button>Move the call</button></p>
  </form>`;
}
