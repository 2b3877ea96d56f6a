import type { AppId } from '../call.ts';
import { issues, optional, orNull, type Issue } from '../checks.ts';
import type { Endpoint } from './endpoints.ts';
import type { EventType } from '../events.ts';
import * as fields from '../fields.ts';
import { MESSAGE_TYPES } from './telling.ts';
import type { Instant } from '../time.ts';

/** What an app says of an endpoint. */
export type EndpointContent = Pick<Endpoint, 'url' | 'description' | 'types' | 'familyHeaders'>;

/** What is to be different; what is undefined stays. */
export type EndpointEdits = {
  readonly [Field in keyof EndpointContent]?: EndpointContent[Field] | undefined;
} & {
  readonly status?: Exclude<Endpoint['status'], 'disabled'> | undefined;
};

/** Characters. */
export const LONGEST_DESCRIPTION = 500;

export const isEventType = (word: unknown): word is EventType =>
  typeof word === 'string' && Object.hasOwn(MESSAGE_TYPES, word);

const EVENT_TYPES = Object.keys(MESSAGE_TYPES);

const types = fields.setOf(EVENT_TYPES);

/** What is wrong with an endpoint, but for its URL: whether that may be sent to is the sender's rule. Takes nothing on trust. */
export const issuesOfEndpoint = (said: EndpointEdits): Issue[] =>
  issues(
    optional([
      ['description', orNull(fields.line(LONGEST_DESCRIPTION)), said.description],
      ['types', orNull(types), said.types],
      ['familyHeaders', fields.flag, said.familyHeaders],
      ['status', fields.oneOf(['active', 'paused']), said.status],
    ]),
  );

export const newEndpoint = (
  { url, description, types: wanted, familyHeaders }: EndpointContent,
  { appId, id, secret }: { readonly appId: AppId; readonly id: string; readonly secret: string },
  now: Instant,
): Endpoint => ({
  appId,
  id,
  url,
  description,
  types: wanted,
  status: 'active',
  trouble: null,
  secret,
  previousSecret: null,
  previousUntil: null,
  familyHeaders,
  createdAt: now,
  version: 1,
});

export function edited(before: Endpoint, edits: EndpointEdits): Endpoint {
  const { url = before.url, description = before.description, types: wanted = before.types } = edits;
  const { familyHeaders = before.familyHeaders, status } = edits;
  const after = { ...before, url, description, types: wanted, familyHeaders };
  // Whoever settles it knows better than we do what is the matter with it.
  return status === undefined ? after : { ...after, status, trouble: null };
}
