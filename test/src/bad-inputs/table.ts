import type { Row } from './rows.ts';
import { TRANSPORT } from './transport-rows.ts';
import { VIDEO } from './video-rows.ts';
import { VOICE } from './voice-rows.ts';
import { WEBHOOKS } from './webhook-rows.ts';

/** Every input that must not break the server, under the headings of docs/bad-input.md. */
export const TABLE: Readonly<Record<string, readonly Row[]>> = {
  'Transport and credentials, both families': TRANSPORT,
  'The body of `PATCH /scheduled-calls/{id}`': VIDEO,
  'The body of `PUT /api/calls/{callId}/schedule`': VOICE,
  'The URL of a webhook': WEBHOOKS,
};

/** What a row is answered, in words. */
export const answerOf = ({ answer, refused = [] }: Row): string =>
  answer?.trim() ?? [...new Set(refused.map(({ status, code }) => `${status} \`${code}\``))].join(', ');
