import { encodedId, type EventMessage } from '@reslot/core';

/** Everything that is published under a prefix. */
export const allOf = (prefix: string): string => `${prefix}.>`;

/** `reslot.app-1.scheduled.rescheduled`: by prefix, app and type. An id is one token, whatever characters it has. */
export const subjectOf = (prefix: string, { appId, type }: EventMessage): string =>
  `${prefix}.${encodedId(appId)}.${type}`;

/** Whether the subjects of a stream take in all that is published under a prefix. */
export const takesIn = (subjects: readonly string[], prefix: string): boolean =>
  subjects.some((subject) => {
    const tokens = subject.split('.');
    const wanted = prefix.split('.');
    return (
      tokens.at(-1) === '>' &&
      tokens.length <= wanted.length + 1 &&
      tokens.slice(0, -1).every((token, index) => token === '*' || token === wanted[index])
    );
  });
