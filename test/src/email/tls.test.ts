import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, test } from 'vitest';
import { AUTHORITY, CERTIFICATE, KEY, OTHER_CERTIFICATE } from './certificates.ts';
import { channelTo, mailServer, onlyOne, reminderOf } from './receivers.ts';

const SENT = { kind: 'sent' };
const TLS = { kind: 'unreachable', fault: 'tls' };
const DENIED = { kind: 'unreachable', fault: 'denied' };
const TRUST = { ca: AUTHORITY };

const secured = (options: SMTPServerOptions = {}) =>
  mailServer({ cert: CERTIFICATE, key: KEY, disabledCommands: [], ...options });
/** Lets `zoe` in by `p@ss:word/é`. */
const guarded = (options: SMTPServerOptions = {}) =>
  secured({
    authOptional: false,
    onAuth({ username, password }, _session, done) {
      if (username === 'zoe' && password === 'p@ss:word/é') done(null, { user: username });
      else done(new Error('no'));
    },
    ...options,
  });
const as = (url: string, user: string) => url.replace('://', `://${user}@`);
const RIGHT = 'zoe:p%40ss%3Aword%2F%C3%A9';

describe.each([
  ['STARTTLS', {}],
  ['TLS from the first byte', { secure: true }],
])('%s', (_, options) => {
  test('with a certificate of the host, by a trusted authority', async () => {
    const server = await secured(options);
    expect(await channelTo(server.url, TRUST).send(reminderOf())).toEqual(SENT);
    expect(onlyOne(server).secure).toBe(true);
  });

  test.each<[string, SMTPServerOptions, typeof TRUST | undefined]>([
    ['nobody trusts', {}, undefined],
    ['is of another host', { cert: OTHER_CERTIFICATE }, TRUST],
  ])('with a certificate that %s', async (_what, more, trust) => {
    const server = await secured({ ...options, ...more });
    const channel = channelTo(server.url, trust);
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await channel.send(reminderOf())).toEqual(TLS);
    expect(server.received).toEqual([]);
  });

  test('without a protocol in common', async () => {
    const server = await secured({ ...options, maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    expect(await channelTo(server.url, TRUST).send(reminderOf())).toEqual(TLS);
  });

  test('with the right password', async () => {
    const server = await guarded(options);
    expect(await channelTo(as(server.url, RIGHT), TRUST).send(reminderOf())).toEqual(SENT);
    expect(onlyOne(server).secure).toBe(true);
  });

  test('with a wrong password, and with none', async () => {
    const server = await guarded(options);
    expect(await channelTo(as(server.url, 'zoe:wrong'), TRUST).send(reminderOf())).toEqual(DENIED);
    expect(await channelTo(server.url, TRUST).send(reminderOf())).toEqual(DENIED);
    expect(server.received).toEqual([]);
  });

  test('where the passwords cannot be looked up for now', async () => {
    const server = await guarded({
      ...options,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error('later'), { responseCode: 454 })),
    });
    expect(await channelTo(as(server.url, RIGHT), TRUST).send(reminderOf())).toEqual({
      kind: 'unreachable',
      fault: 'deferred',
    });
  });
});

test('a password does not go over the wire in the clear', async () => {
  let asked = 0;
  const server = await mailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth(_auth, _session, done) {
      asked += 1;
      done(null, { user: 'zoe' });
    },
  });
  expect(await channelTo(as(server.url, RIGHT)).send(reminderOf())).toEqual(TLS);
  expect(asked).toBe(0);
});

test('where TLS is expected from the first byte and the server speaks in the clear', async () => {
  const server = await mailServer();
  expect(await channelTo(server.url.replace('smtp:', 'smtps:')).send(reminderOf())).toEqual(TLS);
});
