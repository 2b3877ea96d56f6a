import { OVERRIDES, type CallRequest, type Override } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { carryOut, refused, type Asked } from '../commands.ts';
import type { Principal } from '../callers/credentials.ts';
import type { RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ProblemError, problems } from '../answers/problems.ts';
import { changedAnswer, previewAnswer } from './answers.ts';
import { WORDS } from './words.ts';

/** What the routes have in common that change a call. */

export const inApp = z.strictObject({ appId: fields.uuid });
export const oneCall = inApp.extend({ id: fields.uuid });

const overrides = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(OVERRIDES)).min(1))
  .openapi({
    type: 'string',
    description:
      'The rules to pass over: `policy`, `availability`, or both with a comma. Takes `scheduling:override`.',
  });

export const overriding = z.strictObject({
  override: overrides.optional(),
  hold: fields.uuid.optional().openapi({
    description: 'A hold of the wanted time: it is spent. 409 `no_hold` if it keeps nothing of that time.',
  }),
});
export const placing = overriding.extend({ dryRun: fields.flag.optional() });

/** What the endpoints here have in common. */
export const shared = ({ callers }: RoutePorts) => ({
  tags: ['scheduled calls'],
  access: bearer(callers),
  scope: 'scheduling:write' as const,
});

export const change = (
  { scheduler }: RoutePorts,
  operationId: string,
  request: Asked,
  command: CallRequest,
) => carryOut(scheduler, { operationId, request, command, words: WORDS, status: 200, answer: changedAnswer });

/** As `change`, but with `dryRun` nothing is changed, and nothing is remembered. */
export async function changeOrPreview(
  ports: RoutePorts,
  operation: string,
  request: Asked & { readonly query: z.output<typeof placing> },
  command: CallRequest,
) {
  if (request.query.dryRun !== true) return change(ports, operation, request, command);
  const outcome = await ports.scheduler.preview(command);
  if (outcome.kind !== 'accepted') throw refused(outcome, WORDS);
  return previewAnswer(outcome);
}

/** What the caller may pass over. */
export function overridesOf({ scopes }: Principal, override: readonly Override[] | undefined) {
  if (override && !scopes.includes('scheduling:override')) {
    throw new ProblemError(problems.forbidden('the scope scheduling:override is missing'));
  }
  return override;
}
