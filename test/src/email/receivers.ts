import { createServer, type Server, type Socket } from 'node:net';
import { createEmailChannel, type EmailOptions } from '@reslot/adapters/email';
import { createInvitations } from '@reslot/adapters/icalendar';
import type { CallSummary, DueReminder } from '@reslot/core';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { sampleCall } from '../contract/samples.ts';

/** Real mail servers on loopback, each gone when its test is over. */

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** What the client asked for with `MAIL FROM`. */
  readonly smtpUtf8: boolean;
  readonly secure: boolean;
  readonly raw: Buffer;
  readonly mail: ParsedMail;
}

export interface MailServer {
  readonly port: number;
  readonly url: string;
  readonly received: readonly Received[];
  /** Connections that have come about so far. */
  connections(): number;
  /** The most that were open at once. */
  mostOpen(): number;
}

/** Listens on loopback; gives the port. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('a port was to be there');
  return address.port;
}

const counted = (server: Server) => {
  let connections = 0;
  let open = 0;
  let mostOpen = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    connections += 1;
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    sockets.add(socket);
    socket.on('close', () => {
      open -= 1;
      sockets.delete(socket);
    });
  });
  return {
    connections: () => connections,
    mostOpen: () => mostOpen,
    dropAll: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
};

/**
 * One that takes mails and reads them. It closes its own connections: where one is torn from below its TLS, Node 20 ends the
 * process.
 */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, { envelope, secure }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        simpleParser(raw).then((mail) => {
          received.push({ from, to, smtpUtf8: envelope.smtpUtf8 === true, secure, raw, mail });
          done();
        }, done);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const { connections, mostOpen } = counted(server.server);
  onTestFinished(() => server.close());
  const port = await listening(server.server);
  return {
    port,
    url: `${options.secure === true ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    received,
    connections,
    mostOpen,
  };
}

export interface Script {
  /** What is said at once; nothing when empty. */
  readonly greeting?: string;
  /** What is said to a command, by its first word; `.` is the end of a mail. Undefined drops the connection. */
  readonly answers?: Readonly<Record<string, string | undefined>>;
  /** Says what it says in another way. */
  readonly say?: (socket: Socket, text: string) => void;
}

const USUAL: Readonly<Record<string, string | undefined>> = {
  EHLO: '250-mail.example.test\r\n250 8BITMIME',
  HELO: '250 mail.example.test',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  DATA: '354 Go ahead',
  '.': '250 2.0.0 Ok',
  RSET: '250 2.0.0 Ok',
  QUIT: '221 2.0.0 Bye',
};

/** One that knows no SMTP, and says what it was told to. Gives its URL and what it heard. */
export async function scripted({ greeting = '220 mail.example.test', answers = {}, say }: Script) {
  const replies = { ...USUAL, ...answers };
  const heard: string[] = [];
  const server = createServer((socket) => {
    const tell = (text: string): void =>
      say ? say(socket, `${text}\r\n`) : void socket.write(`${text}\r\n`);
    let rest = '';
    let inMail = false;
    socket.on('error', () => undefined);
    if (greeting !== '') tell(greeting);
    socket.on('data', (chunk: Buffer) => {
      const lines = `${rest}${chunk.toString()}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (inMail && line !== '.') continue;
        inMail = false;
        const word = line.split(' ')[0] ?? '';
        heard.push(line);
        const reply = replies[word];
        if (reply === undefined) return void socket.destroy();
        inMail = word === 'DATA' && reply.startsWith('3');
        if (reply !== '') tell(reply);
      }
    });
  });
  const { connections, dropAll } = counted(server);
  onTestFinished(() => {
    dropAll();
    server.close();
  });
  const port = await listening(server);
  return { port, url: `smtp://127.0.0.1:${port}`, heard, connections };
}

export const INVITATIONS = createInvitations({ organiser: { name: 'Calls', email: 'calls@example.com' } });
/** The headers of a mail, and no others. */
export const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'reply-to',
  'subject',
  'to',
];

export const FROM = { name: 'Calls', email: 'reminders@book.example.com' };
export const AT = Date.UTC(2031, 4, 5, 8);
/** About as long as a signed one. */
export const LINK = `https://book.example.com/g/${'eyJhbGciOiJIUzI1NiJ9'.repeat(15)}.a_b-c`;
/** How a mail says it, in a line of its own. */
export const LINK_LINE = `Your own link to see, change or cancel it: ${LINK}`;

export const callOf = (over: Partial<CallSummary> = {}): CallSummary => {
  const { intakeNotes: _, ...call } = sampleCall({ appId: 'app', id: '0190a1b2-c3d4' });
  return { ...call, ...over };
};

export const reminderOf = (over: Partial<DueReminder> = {}): DueReminder => ({
  messageId: 'rem_1-a',
  call: callOf(),
  agent: { name: 'Ana Ruiz', email: 'ana@example.com' },
  kind: '1h',
  minutesBefore: 60,
  at: AT,
  ...over,
});

/** To a server of the tests; closed with its test. */
export function channelTo(url: string, options: Partial<EmailOptions> = {}) {
  const channel = createEmailChannel({ url, from: FROM, invitations: INVITATIONS, ...options });
  onTestFinished(() => channel.close());
  return channel;
}

/** The only mail that there is. */
export function onlyOne({ received }: MailServer): Received {
  const [first, ...others] = received;
  if (!first || others.length > 0) throw new Error(`one mail was to be there, not ${received.length}`);
  return first;
}
