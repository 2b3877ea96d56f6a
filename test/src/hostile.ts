import { fields } from '@reslot/core';
import fc from 'fast-check';

/** Values that try to be more than they should. */

/** Pieces that mean something to somebody on the way: to the format, to the library, to a URI, to a terminal. */
const PIECES = [
  '"\\^\';:,=?&%#/+@<>()[]{}|~!$*-_.`aZ0 '.split(''),
  [
    '\\n',
    '\\N',
    '\\,',
    "^'",
    '^n',
    '^^',
    '\\"',
    '%0D%0A',
    '%22',
    '&#13;',
    '";ROLE=CHAIR;X="',
    ':MAILTO:x@y.z',
    '=?utf-8?Q?=0D=0ABcc:_x@y.z?=',
    '=?utf-8?B?eEB5LnosIHpAeS56?=',
  ],
  ['END:VEVENT', 'BEGIN:VEVENT', 'ATTENDEE:', '\r\n', '\n', '\r', '\t', '\0', '\u001a', '\u0085', '\u2028'],
  [
    'é',
    'e\u0301',
    'ß',
    '用',
    'שלום',
    'مرحبا',
    '\u200f',
    '\u202e',
    '😀',
    '👨‍👩‍👧‍👦',
    '🇫🇷',
    '\ufeff',
    '\u00a0',
    '\ud83d',
  ],
].flat();
/** Text that no rule has seen. */
export const hostile = (maxLength: number) =>
  fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', minLength: 1, maxLength }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength }),
  );
/** Without what the rule refuses, so that most of what is made is taken. */
const without = (refused: RegExp) => (text: string) => text.replaceAll(refused, '');
/** Lines that `rule` takes. */
export const names = (rule: fields.FieldRule) =>
  hostile(60)
    .map(without(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu))
    .filter((name) => rule(name) === undefined);
/** What the core takes for the e-mail of a guest. */
export const emails = fc
  .tuple(
    hostile(40).map(without(/[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}@<>,;:"\\()[\]]/gu)),
    fc.constantFrom('example.com', 'пример.example', 'a-b.c-d.example', '例え.jp'),
  )
  .map((parts) => parts.join('@'))
  .filter((email) => fields.guestEmail(email) === undefined);
