import type { ReminderFault, ReminderOutcome } from '@reslot/core';

/** What the library says of a failure. The text of a reply is never passed on: it likes to repeat the address. */
interface Failure {
  readonly code: string;
  /** That of the error beneath. */
  readonly originalCode: string;
  /** What was asked of the server. */
  readonly command: string;
  /** The server's answer, if there was one. */
  readonly response: string;
}

/** What the server holds against the recipient or the message; its other refusals are of the sender. */
const ABOUT_THE_GUEST = /^(RCPT TO|DATA)$/;
/** Asks for a login (RFC 4954, 6), or refuses by a policy (RFC 3463, 3.8): it would take the same from somebody else. */
const NOT_FROM_US = /^(530|534|535|538)|^\d{3} 5\.7\./;

/** By reply and enhanced code, the first that fits; any other answer is no answer to what was asked. */
const REPLIES: readonly [codes: RegExp, outcome: ReminderFault | 'refused'][] = [
  [/^4/, 'deferred'],
  // A bad sequence of commands says something of the session, not of the mail.
  [/^503/, 'protocol'],
  [NOT_FROM_US, 'denied'],
  [/^5/, 'refused'],
];

/** By the library's code, where there was no answer. */
const SILENCES: Readonly<Record<string, ReminderFault>> = {
  EABORT: 'timeout',
  ETIMEDOUT: 'timeout',
  EDNS: 'dns',
  ECONNECTION: 'connection',
  ESOCKET: 'connection',
  EPROTOCOL: 'protocol',
};

/** As Node names the faults of TLS and of certificates; those of the system are one word. */
const OF_TLS = /^(ERR_SSL_|ERR_TLS_|(?!ERR_)[A-Z]+_)/;

/** What a failed attempt is to the relay. Throws what no server can be the cause of. */
export function failureOf(error: unknown): ReminderOutcome {
  const { code, originalCode, command, response } = described(error);
  if (code === 'ETLS' || (code === 'ESOCKET' && OF_TLS.test(originalCode))) return unreachable('tls');
  if (response === '') {
    const fault = SILENCES[code];
    if (fault === undefined) throw error;
    return unreachable(fault);
  }
  const said = codesIn(response);
  const [, outcome = 'protocol'] = REPLIES.find(([codes]) => codes.test(said)) ?? [];
  if (outcome !== 'refused') return unreachable(outcome);
  return ABOUT_THE_GUEST.test(command)
    ? { kind: 'refused', message: `the mail server answered ${said} to ${command}` }
    : unreachable('denied');
}

const unreachable = (fault: ReminderFault): ReminderOutcome => ({ kind: 'unreachable', fault });

function described(error: unknown): Failure {
  const text = (name: string): string => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    command: text('command'),
    response: text('response'),
  };
}

/** Three digits, and three numbers (RFC 3463) where there are: all that is passed on of an answer. */
function codesIn(response: string): string {
  const [, reply = '', enhanced = ''] =
    /^(\d{3})(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?!\S))?/.exec(response) ?? [];
  return `${reply} ${enhanced}`.trimEnd();
}
