import { fields as rules, type Actor, type Call } from '@reslot/core';
import { z } from '@hono/zod-openapi';

/** The request headers that changes look at. */

/** The version of a call as HTTP names it (RFC 9110, 8.8.3). */
export const etagOf = ({ version }: Pick<Call, 'version'>): string => `"v${version}"`;

const MOST_TAGS = 20;
/** A comma between the quotes is a part of its tag. */
const TAGS = /(?:W\/)?"[\x21\x23-\x7e]*"/g;
const LIST = new RegExp(`^${TAGS.source}(?:[ \\t]*,[ \\t]*${TAGS.source})*$`);

/**
 * The versions that `If-Match` allows (RFC 9110, 13.1.1). A weak tag, or one that is not ours, is a tag all the same: it
 * allows no version.
 */
const ifMatch = z
  .string()
  .transform((text, context): readonly number[] | 'any' => {
    if (text.trim() === '*') return 'any';
    const tags = LIST.test(text.trim()) ? (text.match(TAGS) ?? []) : [];
    if (tags.length > 0 && tags.length <= MOST_TAGS) {
      return tags.flatMap((tag) => /^"v([1-9]\d{0,14})"$/.exec(tag)?.slice(1).map(Number) ?? []);
    }
    context.addIssue({ code: 'custom', message: 'must be the ETag of the call, such as "v7"' });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: '"v7"', description: 'The change is made to this version only.' });

const MOST_CHARACTERS = 255;

/** In quotes or not. A comma would be two keys. */
const idempotencyKey = z
  .string()
  .transform((text) => /^"(.*)"$/.exec(text)?.[1] ?? text)
  .refine((key) => key.length <= MOST_CHARACTERS && /^[\x20-\x2b\x2d-\x7e]+$/.test(key), {
    message: `must be one key of 1 to ${MOST_CHARACTERS} printable ASCII characters, without a comma`,
  })
  .openapi({
    type: 'string',
    example: '"0f7c7c3e-2a43-4cf6-9a3c-0c4d8a0d5d2f"',
    description: 'The request is carried out once, and answered the same for 24 hours.',
  });

/** On whose behalf the caller asks. */
const actor = z
  .string()
  .transform((text, context): Actor => {
    const [, type, id] = /^(guest|agent|admin)\/(.*)$/.exec(text) ?? [];
    if ((type === 'guest' || type === 'agent' || type === 'admin') && rules.id(id) === undefined && id) {
      return { type, id };
    }
    context.addIssue({ code: 'custom', message: 'must be guest/, agent/ or admin/ and an id' });
    return z.NEVER;
  })
  .openapi({
    type: 'string',
    example: 'guest/amina',
    description:
      'On whose behalf: the policy of the app may differ. `admin` takes the scope `scheduling:admin`.',
  });

/** A condition that nobody looks at would be a wish that is lost. */
const refused = (why: string) =>
  z
    .string()
    .refine(() => false, why)
    .openapi({ description: `Refused: it ${why}.` })
    .optional();

const keyed = z.object({ 'idempotency-key': idempotencyKey, 'x-actor': actor }).partial();
export const ofChanges = keyed.extend({ 'if-match': ifMatch.optional() });
export const ofCreations = keyed.extend({ 'if-match': refused('is for a call that is there') });
export const ofMany = keyed.extend({ 'if-match': refused('is for one call: give each move its version') });
export const ofQueries = z.object({ 'x-actor': actor }).partial();
/** Of a route that makes something new each time it is asked. */
export const ofNewWebhooks = z.object({ 'idempotency-key': refused('is not taken for webhooks') });
export const ofHolds = ofQueries.extend({ 'idempotency-key': refused('is not taken for holds') });
/** Of a link: the same wish gives the same link, and the version that it is for is told. */
export const ofLinks = z.object({
  'idempotency-key': refused('is not needed for links'),
  'if-match': refused('is for a change of the call'),
});
