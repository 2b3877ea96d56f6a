import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { randomOf } from '../random.ts';
import { attemptAt, listening, openSender, receiver } from './receivers.ts';

const answered = async (status: number, headers: Record<string, string> = {}, body: string | Buffer = '') => {
  const { url } = await receiver((_, response) => response.writeHead(status, headers).end(body));
  return openSender().send(attemptAt(url, { at: Date.UTC(2026, 10, 21, 12) }));
};

describe('an answer', () => {
  test.each([200, 201, 202, 204, 299])('%i is a delivery', async (status) => {
    expect(await answered(status)).toEqual({ kind: 'delivered', status, excerpt: '' });
  });

  test('410 says that no more are wanted', async () => {
    expect(await answered(410, {}, 'moved out')).toEqual({ kind: 'gone', status: 410, excerpt: 'moved out' });
  });

  test.each([300, 304, 400, 401, 404, 408, 409, 429, 500, 502, 503, 504, 599])(
    '%i is a refusal',
    async (status) => {
      expect(await answered(status)).toEqual({ kind: 'refused', status, excerpt: '' });
    },
  );

  test.each([301, 302, 303, 307, 308])('%i is a refusal, and nobody follows it', async (status) => {
    const inside = await receiver((_, response) => response.end('secret'));
    expect(await answered(status, { location: inside.url }, 'go there')).toEqual({
      kind: 'refused',
      status,
      excerpt: 'go there',
    });
    expect(inside.connections()).toBe(0);
  });

  test.each<[said: string, seconds: number | undefined]>([
    ['120', 120],
    ['0', 0],
    ['99999999999999999999', 31_536_000],
    ['Sat, 21 Nov 2026 12:01:30 GMT', 90],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 31_536_000],
    ['Sat, 99 Nov 2026 12:01:30 GMT', undefined],
    ['2026-11-21T12:01:30Z', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('with Retry-After: %j', async (said, seconds) => {
    for (const status of [429, 503]) {
      expect(await answered(status, { 'retry-after': said })).toEqual({
        kind: 'refused',
        status,
        excerpt: '',
        ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
      });
    }
  });
});

describe('the excerpt of an answer', () => {
  const excerptOf = async (body: string | Buffer): Promise<string> => {
    const outcome = await answered(500, {}, body);
    return outcome.kind === 'refused' ? outcome.excerpt : '';
  };

  test('is at most 1 KiB', async () => {
    expect(await excerptOf('x'.repeat(5000))).toBe('x'.repeat(1024));
    expect(await excerptOf('x'.repeat(1024))).toBe('x'.repeat(1024));
  });

  test('ends with a whole character', async () => {
    expect(await excerptOf(`xxx${'🙂'.repeat(500)}`)).toBe(`xxx${'🙂'.repeat(255)}`);
  });

  test('is text, whatever comes, and of one line', async () => {
    const excerpt = await excerptOf(Buffer.alloc(2000, 0xff));
    expect(excerpt).toBe('\ufffd'.repeat(341));
    expect(await excerptOf('a\u0000b\r\nc\u001b[31m\u202ed\u0085')).toBe('a b  c [31m d ');
  });
});

describe('no answer', () => {
  /** A receiver that says `words` on its connection, whatever it hears. */
  async function saying(words: string | Buffer | undefined): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (words === undefined) socket.destroy();
      else socket.end(words);
    });
    const port = await listening(server);
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${port}/`;
  }

  test('where nobody listens', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((closed) => server.close(closed));
    expect(await openSender().send(attemptAt(`http://127.0.0.1:${port}/`))).toEqual({
      kind: 'unreachable',
      fault: 'connection',
    });
  });

  test.each<[what: string, words: string | undefined, fault: string]>([
    ['a connection that is closed at once', undefined, 'connection'],
    ['a connection that ends without a word', '', 'connection'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-', 'connection'],
    ['less than was announced', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', 'connection'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'protocol'],
    ['a head that does not end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1_000_000)}`, 'protocol'],
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'protocol'],
    [
      'a change of protocol',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      'connection',
    ],
  ])('%s', async (_, words, fault) => {
    expect(await openSender().send(attemptAt(await saying(words)))).toEqual({ kind: 'unreachable', fault });
  });

  test('damaged ones are told apart from mistakes of ours', async () => {
    const seed = Date.now() % 1_000_000;
    const random = randomOf(seed);
    const whole =
      'HTTP/1.1 503 No\r\nRetry-After: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    const sender = openSender({ timeoutMs: 2_000 });
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(whole);
      for (let times = random(4); times >= 0; times -= 1) bytes.writeUInt8(random(256), random(bytes.length));
      const words = random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      const outcome = await sender.send(attemptAt(await saying(words)));
      expect(['unreachable', 'refused', 'delivered', 'gone'], `seed ${seed}, round ${round}`).toContain(
        outcome.kind,
      );
    }
  });
});
