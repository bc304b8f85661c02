import { expect, test } from 'vitest';
import { bars, ean13, printed } from './ean';

test('an EAN-13 has 95 modules between its guards', () => {
  const modules = ean13('04006381333931');
  expect(modules).toHaveLength(95);
  expect(modules).toMatch(/^101.*101$/);
  expect(modules?.slice(45, 50)).toBe('01010');
});

test('the bars are those of the General Specifications', () => {
  // 4006381333931: first digit 4 draws 006381 as L G L L G G, then 333931 as R.
  expect(ean13('04006381333931')).toBe(
    '101' +
      '0001101' +
      '0100111' +
      '0101111' +
      '0111101' +
      '0001001' +
      '0110011' +
      '01010' +
      '1000010' +
      '1000010' +
      '1000010' +
      '1110100' +
      '1000010' +
      '1100110' +
      '101',
  );
});

test('a case and a GTIN-8 have no EAN-13', () => {
  expect(ean13('00000096385074')).toBeUndefined();
  expect(ean13('14006381333938')).toBeUndefined();
  expect(ean13('4006381333931')).toBeUndefined();
});

test('the digits are those that stand on the pack', () => {
  expect(printed('14006381333938')).toBe('14006381333938');
  expect(printed('04006381333931')).toBe('4006381333931');
  expect(printed('00012345678905')).toBe('012345678905');
  expect(printed('00000096385074')).toBe('96385074');
});

test('neighbouring dark modules are one bar', () => {
  expect(bars('1011', 9)).toBe('M0 0h1v9h-1zM2 0h2v9h-2z');
});
