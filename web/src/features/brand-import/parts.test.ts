import { expect, test } from 'vitest';
import { split } from './parts';

test('a small table is one part', () => {
  expect(split('gtin,name\n1,a\n2,b', true)).toEqual([{ text: 'gtin,name\n1,a\n2,b\n', firstLine: 1 }]);
});

test('each part of a large table has the header and counts the lines of the file', () => {
  expect(split('gtin\n1\n2\n3\n', true, 8)).toEqual([
    { text: 'gtin\n1\n', firstLine: 1 },
    { text: 'gtin\n2\n', firstLine: 2 },
    { text: 'gtin\n3\n', firstLine: 3 },
  ]);
});

test('a line break inside quotes does not end a row', () => {
  expect(split('gtin,text\n1,"a\nb"\n2,c\n', true, 20)).toEqual([
    { text: 'gtin,text\n1,"a\nb"\n', firstLine: 1 },
    { text: 'gtin,text\n2,c\n', firstLine: 3 },
  ]);
});

test('JSON lines have no header', () => {
  expect(split('{"gtin":"1"}\n{"gtin":"2"}\n', false, 14)).toEqual([
    { text: '{"gtin":"1"}\n', firstLine: 1 },
    { text: '{"gtin":"2"}\n', firstLine: 2 },
  ]);
});

test('an empty file has no parts', () => {
  expect(split('', true)).toEqual([]);
});
