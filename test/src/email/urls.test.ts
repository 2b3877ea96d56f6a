import { smtpUrl } from '@reslot/adapters/email';
import { describe, expect, test } from 'vitest';

describe('the URL of a mail server', () => {
  test.each([
    'smtp://mail.example.com',
    'smtps://mail.example.com',
    'smtp://mail',
    'smtp://127.0.0.1:25/',
    'smtps://[::1]:465',
    'smtp://user:p%40ss%2F%C3%A9@mail.example.com:587',
    'smtp://u%40example.com:p@mail.example.com',
  ])('%s', (url) => expect(smtpUrl(url)).toBeUndefined());

  test.each([
    '',
    'mail.example.com',
    'http://mail.example.com',
    'smtp:mail.example.com',
    'smtp://',
    'smtp:///x',
    'smtp://:25',
    'smtp://mail.example.com:0',
    'smtp://mail.example.com:65536',
    'smtp://mail.example.com/inbox',
    'smtp://mail.example.com?secure=false',
    'smtp://mail.example.com/#x',
    'smtp://user@mail.example.com',
    'smtp://:secret@mail.example.com',
    'smtp://user:%E9secret@mail.example.com',
    'smtp://user:secret%0D%0A@mail.example.com',
    'smtp://us er:secret@a b',
    25,
    undefined,
  ])('is not %j, and what is said of it holds no secret', (url) => {
    expect(smtpUrl(url)).toMatch(/^must /);
    expect(smtpUrl(url)).not.toContain('secret');
  });
});
