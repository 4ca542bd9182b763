import { expect, test } from 'vitest';
import { isOwnHost } from './own-host';

test.each(['localhost', 'localhost:7421', 'LOCALHOST:7421', '127.0.0.1:80', '[::1]:7421'])(
  '%s is this machine',
  (host) => expect(isOwnHost(host, [])).toBe(true),
);

test.each([
  'evil.example:7421',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'localhost@evil.example',
  'no host',
  '',
  null,
])('%j is not, whatever it resolves to', (host) => expect(isOwnHost(host, [])).toBe(false));

test('a name of DASHBOARD_ALLOWED_HOSTS is the own one on every port', () => {
  expect(isOwnHost('gpu-7.lab.example:80', ['gpu-7.lab.example'])).toBe(true);
});
