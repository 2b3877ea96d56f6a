import { describe, expect, test } from 'vitest';
import { createUrlRule, createWebhookSender, mayBeReached } from '@reslot/adapters/webhooks';
import { attemptAt } from './receivers.ts';

const PRIVATE = 'must not lead to a private address';

const PRIVATE_HOSTS = [
  '127.0.0.1',
  '127.1.2.3',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'my.localhost',
  'my.localhost.',
  'intranet',
  'intranet.',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '169.254.169.254',
  '10.0.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.0.0.192',
  '100.100.100.200',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '168.63.129.16',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0x7f.1',
  '127.1',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '[::ffff:a9fe:a9fe]',
  '[::ffff:127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:0:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::808:808]',
  '[2002:7f00:1::]',
  '[2002:808:808::]',
  '[2001:0:808:808::1]',
  '[2001:db8::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[100::1]',
  '[4000::1]',
];

const PUBLIC_HOSTS = [
  'example.com',
  'example.com.',
  'hooks.example.com',
  'xn--bcher-kva.example',
  'localhost.example.com',
  '93.184.215.14',
  '172.32.0.1',
  '[2606:2800:21f:cb07:6820:80da:af6b:8b2c]',
  '[::ffff:8.8.8.8]',
  '[64:ff9b::808:808]',
];

const REFUSED: [url: unknown, message: RegExp][] = [
  ['http://example.com/hooks', /^must begin with https:\/\/$/],
  ['ftp://example.com/', /^must begin/],
  ['file:///etc/passwd', /^must begin/],
  ['javascript:alert(1)', /^must begin/],
  ['https://me:secret@example.com/', /credentials/],
  ['https://me@example.com/', /credentials/],
  ['https://:secret@example.com/', /credentials/],
  ['https://example.com/#', /fragment/],
  ['https://example.com/#part', /fragment/],
  ['https://example.com:22/', /port/],
  ['https://example.com:80/', /port/],
  ['https://example.com:0/', /port/],
  ['https://example.com:1023/', /port/],
  ['https://example.com:65536/', /must be a URL/],
  [`https://example.com/${'x'.repeat(2029)}`, /longer than 2048/],
  [`https://example.com/${'x'.repeat(3000)}`, /longer than 2048/],
  ['https://example.com/\r\nHost: inside', /control characters/],
  ['https://exam\tple.com/', /control characters/],
  [' https://example.com/', /spaces/],
  ['https://example.com/\u0000', /control characters/],
  ['https:\\\\example.com\\', /backslashes/],
  ['https://１２７.0.0.1/', /ASCII/],
  ['https://bücher.example/', /ASCII/],
  ['', /must be a URL/],
  ['https://', /must be a URL/],
  ['/hooks', /must be a URL/],
  ['https://1.2.3.4.5/', /must be a URL/],
  ['https://[::1', /must be a URL/],
  [7, /text/],
  [null, /text/],
  [['https://example.com/'], /text/],
];

describe('the URL of an endpoint', () => {
  const rule = createUrlRule();

  test.each(PRIVATE_HOSTS)('may not have the host %s', (host) => {
    expect(rule(`https://${host}/hooks`)).toBe(PRIVATE);
    expect(rule(`https://${host}:8443/hooks`)).toBe(PRIVATE);
  });

  test.each(PUBLIC_HOSTS)('may have the host %s', (host) => {
    expect(rule(`https://${host}/hooks`)).toBeUndefined();
  });

  test.each(REFUSED)('may not be %j', (url, message) => {
    expect(rule(url)).toMatch(message);
  });

  test.each([
    `https://example.com/${'x'.repeat(2028)}`,
    'https://example.com',
    'https://example.com:443/',
    'https://example.com:1024/',
    'https://example.com:65535/a%20b?c=d&e=%0d%0a',
    'HTTPS://EXAMPLE.COM/',
  ])('may be %s', (url) => {
    expect(rule(url)).toBeUndefined();
  });

  test('may be http on port 80 and on the open ones, where that is allowed', () => {
    const open = createUrlRule({ allowHttp: true });
    expect(open('http://example.com/')).toBeUndefined();
    expect(open('http://example.com:80/')).toBeUndefined();
    expect(open('http://example.com:8080/')).toBeUndefined();
    expect(open('http://example.com:22/')).toMatch(/port/);
    expect(open('http://127.0.0.1/')).toBe(PRIVATE);
    expect(open('ftp://example.com/')).toBe('must begin with https:// or http://');
  });

  test('may lead inside where that is allowed', () => {
    const open = createUrlRule({ allowPrivate: true });
    for (const host of PRIVATE_HOSTS) expect(open(`https://${host}/hooks`)).toBeUndefined();
    expect(open('http://127.0.0.1/')).toMatch(/^must begin/);
  });
});

describe('a sender', () => {
  test('keeps the rule as well', async () => {
    const sender = createWebhookSender();
    expect(await sender.send(attemptAt('https://2130706433/'))).toEqual({
      kind: 'forbidden',
      message: PRIVATE,
    });
    expect(await sender.send(attemptAt('http://example.com/'))).toEqual({
      kind: 'forbidden',
      message: 'must begin with https://',
    });
  });
});

describe('a name, when an endpoint is saved', () => {
  const reachOf = (...addresses: string[]) => ({ names: async () => addresses });
  const url = 'https://hooks.example.com/';

  test('may lead to public addresses', async () => {
    expect(await mayBeReached(url, reachOf('93.184.215.14', '2606:2800::1'))).toBeUndefined();
  });

  test.each(['127.0.0.1', '10.0.0.1', '::1', 'fd00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'fe80::1%eth0'])(
    'may not lead to %s, nor to it among others',
    async (address) => {
      expect(await mayBeReached(url, reachOf(address))).toBe(PRIVATE);
      expect(await mayBeReached(url, reachOf('93.184.215.14', address))).toBe(PRIVATE);
      expect(await mayBeReached(url, { ...reachOf(address), allowPrivate: true })).toBeUndefined();
    },
  );

  test('must have an address', async () => {
    const message = 'must have a host name with an address';
    expect(await mayBeReached(url, reachOf())).toBe(message);
    expect(await mayBeReached(url, { names: () => Promise.reject(new Error('SERVFAIL')) })).toBe(message);
  });

  test('is not looked up where an address stands', async () => {
    const names = () => Promise.reject(new Error('nobody asked'));
    expect(await mayBeReached('https://93.184.215.14/', { names })).toBeUndefined();
    expect(await mayBeReached('https://[2606:2800::1]/', { names })).toBeUndefined();
  });
});
