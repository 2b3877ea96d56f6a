import { guestLinkSecrets, type Secrets } from '@reslot/adapters/guest-links';
import { z } from 'zod';
import { Mistake } from '../commands/mistake.ts';

/** What links of guests are signed with. */
export const GUEST_LINK_VARIABLES = {
  GUEST_LINK_SECRET: z
    .string()
    .transform((text, context) => {
      const secrets = guestLinkSecrets(text);
      if (secrets) return secrets;
      context.addIssue({
        code: 'custom',
        message: 'must be a secret of at least 32 bytes, or two with a comma',
      });
      return z.NEVER;
    })
    .optional(),
};

interface Given {
  readonly GUEST_LINK_SECRET?: Secrets | undefined;
  readonly PUBLIC_URL?: string | undefined;
}

export function guestLinkSecretsOf({ GUEST_LINK_SECRET, PUBLIC_URL }: Given): Secrets | undefined {
  if (GUEST_LINK_SECRET === undefined) return undefined;
  if (PUBLIC_URL === undefined) throw new Mistake('PUBLIC_URL: must be set with GUEST_LINK_SECRET');
  return GUEST_LINK_SECRET;
}
