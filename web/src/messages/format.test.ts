import { expect, test } from 'vitest';
import { Format } from './format';

test('numbers are written as the language writes them', () => {
  expect(new Format('en').quantity(1234.5, 'kJ')).toBe('1,234.5\u00a0kJ');
  expect(new Format('de').quantity(1234.5, 'kJ')).toBe('1.234,5\u00a0kJ');
});

test('a day is that day in every time zone', () => {
  expect(new Format('en').day('2026-11-30')).toBe('November 30, 2026');
  expect(new Format('de').day('2026-11-30T23:59:59Z')).toBe('30. November 2026');
});

test('a list reads as a sentence', () => {
  expect(new Format('en').list(['L1', 'L2', 'L3'])).toBe('L1, L2, and L3');
  expect(new Format('de').list(['L1', 'L2'])).toBe('L1 und L2');
});
