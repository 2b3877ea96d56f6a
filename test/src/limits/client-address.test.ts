import { clientAddresses, trustedProxies } from '@reslot/adapters/limits';
import { expect, test } from 'vitest';

test.each<[string | undefined, string | undefined, string | undefined, string]>([
  // Nobody is trusted: the header is not looked at.
  [undefined, '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  [undefined, '::ffff:203.0.113.9', undefined, '203.0.113.9'],
  [undefined, '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  [undefined, '2001:db8:1:2:ffff::1', undefined, '2001:db8:1:2::/64'],
  [undefined, undefined, '198.51.100.1', 'unknown'],
  // So many proxies.
  ['1', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['1', '10.0.0.1', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
  ['2', '10.0.0.1', '6.6.6.6, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['2', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['1', '10.0.0.1', undefined, '10.0.0.1'],
  ['1', '10.0.0.1', '', '10.0.0.1'],
  ['1', '10.0.0.1', '198.51.100.1, nonsense', '10.0.0.1'],
  ['1', '10.0.0.1', '2001:db8::1', '2001:db8::/64'],
  // Zones (RFC 4007, 11) that only one of the two readers of addresses knows.
  ['1', '10.0.0.1', 'fe80::1%eth0.1', 'fe80::/64'],
  ['1', '10.0.0.1', 'fe80::1%-', 'fe80::/64'],
  [undefined, 'fe80::1%eth0.1', undefined, 'fe80::/64'],
  ['16', '10.0.0.1', Array(40).fill('198.51.100.1').join(), '198.51.100.1'],
  // A proxy may add the port.
  ['1', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
  ['1', '10.0.0.1', '[2001:db8:1:2::9]:4711', '2001:db8:1:2::/64'],
  ['1', '10.0.0.1', '[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
  ['1', '10.0.0.1', '2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['1', '10.0.0.1', '198.51.100.1:', '10.0.0.1'],
  ['1', '10.0.0.1', '[198.51.100.1', '10.0.0.1'],
  // Proxies in these networks.
  ['10.0.0.0/8', '10.0.0.1', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
  ['10.0.0.0/8', '10.0.0.1', '6.6.6.6, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
  ['10.0.0.0/8', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['10.0.0.0/8, fd00::/8', 'fd00::1', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.7', '10.0.0.7', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.7', '10.0.0.8', '198.51.100.1', '10.0.0.8'],
  ['10.0.0.0/8', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
])('trusting %s, a connection from %s with %s is from %s', (trusted, peer, forwarded, name) => {
  expect(clientAddresses(trusted)(peer, forwarded)).toBe(name);
});

test.each([
  '0',
  '17',
  '-1',
  '1.5',
  'all',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0/8',
  '10.0.0.0/8,',
  '::/0/1',
  'fe80::1%eth0',
])('the setting %j is refused', (text) => {
  expect(trustedProxies(text)).toMatch(/^must be /);
});

test.each(['1', '16', '10.0.0.0/8', '10.0.0.1, ::1', 'fd00::/8'])('the setting %j is taken', (text) => {
  expect(trustedProxies(text)).toBeUndefined();
});
