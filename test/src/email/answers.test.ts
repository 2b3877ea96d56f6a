import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { randomOf } from '../random.ts';
import { channelTo, reminderOf, scripted, type Script } from './receivers.ts';

const answered = async (script: Script) => channelTo((await scripted(script)).url).send(reminderOf());
const unreachable = (fault: string) => ({ kind: 'unreachable', fault });

/** What is answered to which step, and what it means. */
const ANSWERS: [step: string, reply: string, meaning: string][] = [
  ['RCPT', '450 4.2.1 zoe@example.com is busy', 'deferred'],
  ['RCPT', '451 greylisted', 'deferred'],
  ['RCPT', '452 4.2.2 full', 'deferred'],
  ['RCPT', '421 4.3.2 closing', 'deferred'],
  ['RCPT', '550 5.1.1 <zoe@example.com>: unknown', 'the mail server answered 550 5.1.1 to RCPT TO'],
  ['RCPT', '550-5.1.1 no\r\n550 5.1.1 really', 'the mail server answered 550 5.1.1 to RCPT TO'],
  ['RCPT', '553 zoe@example.com', 'the mail server answered 553 to RCPT TO'],
  ['RCPT', '550 5.1.1zoe@example.com', 'the mail server answered 550 to RCPT TO'],
  ['RCPT', '554 5.7.1 zoe@example.com: relay access denied', 'denied'],
  ['RCPT', '530 5.7.0 log in first', 'denied'],
  ['RCPT', '530 log in first', 'denied'],
  ['RCPT', '503 5.5.1 MAIL first', 'protocol'],
  ['RCPT', '354 what?', 'protocol'],
  ['RCPT', 'what?', 'protocol'],
  ['MAIL', '451 4.3.0 later', 'deferred'],
  ['MAIL', '421 too many', 'deferred'],
  ['MAIL', '550 5.1.8 who are you?', 'denied'],
  ['MAIL', '552 5.3.4 too long', 'denied'],
  ['MAIL', '530 5.7.0 log in first', 'denied'],
  ['MAIL', '503 5.5.1 what?', 'protocol'],
  ['DATA', '451 4.3.0 later', 'deferred'],
  ['DATA', '554 5.5.0 no', 'the mail server answered 554 5.5.0 to DATA'],
  ['DATA', 'what?', 'protocol'],
  ['.', '452 4.3.1 full', 'deferred'],
  ['.', '421 4.3.2 closing', 'deferred'],
  ['.', '552 5.2.2 mailbox of zoe@example.com is full', 'the mail server answered 552 5.2.2 to DATA'],
  ['.', '554 5.7.1 looks like spam', 'denied'],
  ['EHLO', '421 4.3.2 closing', 'deferred'],
  ['greeting', '421 too many', 'deferred'],
  ['greeting', '450 later', 'deferred'],
  ['greeting', '554 5.7.1 not from you', 'denied'],
  ['greeting', '554 no service', 'denied'],
  ['greeting', 'SSH-2.0-OpenSSH_9.2', 'protocol'],
  ['greeting', 'x'.repeat(1_200_000), 'protocol'],
];

const outcomeOf = (meaning: string) =>
  meaning.includes(' ') ? { kind: 'refused', message: meaning } : unreachable(meaning);
const scriptOf = (step: string, reply: string | undefined, ehlo: string): Script =>
  step === 'greeting' ? { greeting: reply ?? '' } : { answers: { EHLO: ehlo, [step]: reply } };

describe.each([
  ['one command at a time', '250-mail.example.test\r\n250 8BITMIME'],
  ['many commands at once', '250-mail.example.test\r\n250 PIPELINING'],
])('a server that takes %s', (_, ehlo) => {
  test.each(ANSWERS.map(([step, reply, meaning]) => ({ step, reply, meaning, said: reply.slice(0, 60) })))(
    'and answers $step with $said: $meaning',
    async ({ step, reply, meaning }) => {
      expect(await answered(scriptOf(step, reply, ehlo))).toEqual(outcomeOf(meaning));
    },
  );

  test.each(['EHLO', 'MAIL', 'RCPT', 'DATA', '.'])('and breaks off at %s', async (step) => {
    expect(await answered(scriptOf(step, undefined, ehlo))).toEqual(unreachable('connection'));
  });
});

describe('no answer', () => {
  test('where nobody listens', async () => {
    const { port } = await new Promise<{ port: number }>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve({ port: typeof address === 'object' && address ? address.port : 0 }));
      });
    });
    expect(await channelTo(`smtp://127.0.0.1:${port}`).send(reminderOf())).toEqual(unreachable('connection'));
  });

  test('where the connection is closed without a word', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined).destroy();
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    expect(await channelTo(url).send(reminderOf())).toEqual(unreachable('connection'));
    expect(connections).toBe(2);
  });

  test('where the name has no address', async () => {
    const channel = channelTo('smtp://no-such-host.invalid', { timeoutMs: 5_000 });
    expect(await channel.send(reminderOf())).toEqual(unreachable('dns'));
  });

  test('after a mail was taken: it is not sent again unseen', async () => {
    const server = await scripted({ answers: { '.': undefined } });
    expect(await channelTo(server.url).send(reminderOf())).toEqual(unreachable('connection'));
    expect(server.heard.filter((line) => line === '.')).toHaveLength(1);
  });
});

test('a connection that the server has given up meanwhile is not taken for a failure', async () => {
  let quiet = 0;
  const server = await scripted({
    say: (socket, text) => {
      socket.write(text);
      if (text.startsWith('250 2.0.0') && (quiet += 1) === 1) socket.end();
    },
  });
  const channel = channelTo(server.url);
  expect(await channel.send(reminderOf())).toEqual({ kind: 'sent' });
  expect(await channel.send(reminderOf())).toEqual({ kind: 'sent' });
  expect(server.connections()).toBe(2);
});

test('damaged answers are told apart from mistakes of ours', async () => {
  const seed = Date.now() % 1_000_000;
  const random = randomOf(seed);
  for (let round = 0; round < 150; round += 1) {
    const server = await scripted({
      say: (socket, text) => {
        const bytes = Buffer.from(text);
        if (random(3) === 0) bytes.writeUInt8(random(256), random(bytes.length));
        socket.write(random(12) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes);
        if (random(12) === 0) socket.end();
      },
    });
    const outcome = await channelTo(server.url, { timeoutMs: 200 }).send(reminderOf());
    expect(['sent', 'refused', 'unreachable'], `seed ${seed}, round ${round}`).toContain(outcome.kind);
    if (outcome.kind === 'refused') expect(outcome.message).toMatch(/^[\x20-\x7e]{1,200}$/);
  }
});
