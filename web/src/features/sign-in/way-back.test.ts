import { expect, test } from 'vitest';
import { wayBack } from './way-back';

test('somebody who signed in goes on where they were', () => {
  expect(wayBack('/fridge?x=1')).toBe('/fridge?x=1');
});

test.each([null, '', 'https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  '%s leads to the start',
  (to) => expect(wayBack(to)).toBe('/'),
);
