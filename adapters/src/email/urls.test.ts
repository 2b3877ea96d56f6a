import { expect, test } from 'vitest';
import { smtpServerOf } from './urls.ts';

test.each([
  ['smtp://mail.example.com', 'mail.example.com', 587, false],
  ['smtps://mail.example.com/', 'mail.example.com', 465, true],
  ['smtp://[::1]:25', '::1', 25, false],
  ['smtps://127.0.0.1:2525', '127.0.0.1', 2525, true],
])('%s', (url, host, port, secure) => {
  expect(smtpServerOf(url)).toEqual({ host, port, secure, auth: undefined });
});

test('credentials are percent-encoded', () => {
  expect(smtpServerOf('smtp://u%40example.com:p%3A%2F%C3%A9@mail').auth).toEqual({
    user: 'u@example.com',
    pass: 'p:/é',
  });
});
