import { z } from 'zod';

/** Values as the environment writes them: text, of which nothing is coerced. */

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a port number');

export const onOrOff = z.enum(['on', 'off']);

/** Text that `fault` finds nothing wrong with. */
export const ruled = (fault: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = fault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
