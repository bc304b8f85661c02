import { expect, test } from 'vitest';
import { match } from './match';

test('a pattern gives the values of its names', () => {
  expect(match('/p/:gtin', '/p/09520123456788')).toEqual({ gtin: '09520123456788' });
});

test('a trailing slash says nothing', () => {
  expect(match('/p/:gtin', '/p/09520123456788/')).toEqual({ gtin: '09520123456788' });
  expect(match('/', '/')).toEqual({});
});

test('another path is not the pattern', () => {
  expect(match('/p/:gtin', '/q/09520123456788')).toBeUndefined();
  expect(match('/p/:gtin', '/p')).toBeUndefined();
  expect(match('/', '/p/1')).toBeUndefined();
});

test('values are decoded, and broken encoding is no page', () => {
  expect(match('/p/:gtin', '/p/a%2Fb')).toEqual({ gtin: 'a/b' });
  expect(match('/p/:gtin', '/p/%E0%A4%A')).toBeUndefined();
});
