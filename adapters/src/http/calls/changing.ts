import type { Accepted, CallRequest } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { keyPair } from '../callers/access.ts';
import { carryOut, type Asked } from '../commands.ts';
import { failureBody } from '../answers/envelopes.ts';
import type { RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { etagOf } from '../requests/headers.ts';
import type { Problem } from '../answers/problems.ts';
import type { Wording } from '../answers/refusals.ts';
import { callIdOf } from './shapes.ts';

/** What the routes of the calls family have in common. */

const oneCall = z.strictObject({
  callId: z
    .string()
    .regex(/^call_/, 'must be call_ and a UUID')
    .transform((text) => text.slice('call_'.length))
    .pipe(fields.uuid)
    .openapi({ type: 'string', example: 'call_bf2a9c7d-4e5f-4318-9b2a-8d7c6e4f1a0b' }),
});

export const noCall = (id: string): Problem => ({
  status: 404,
  code: 'not_found',
  title: 'Call not found',
  message: `Call with ID '${callIdOf({ id })}' does not exist`,
});

const WORDS: Wording = {
  startsAt: 'scheduled_timestamp',
  agentId: 'agent_id',
  noCall,
  body: failureBody,
};

export const shared = ({ callers }: RoutePorts) => ({
  tags: ['calls'],
  access: keyPair(callers),
  params: oneCall,
  query: fields.noQuery,
});

export const change = <Answer>(
  { scheduler }: RoutePorts,
  operationId: string,
  request: Asked,
  command: CallRequest,
  content: (accepted: Accepted) => Answer,
) =>
  carryOut(scheduler, {
    operationId,
    request,
    command,
    words: WORDS,
    status: 200,
    answer: (accepted) => ({ content: content(accepted), headers: { ETag: etagOf(accepted.call) } }),
  });
