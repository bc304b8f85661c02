import { expect, test } from 'vitest';
import { de } from './de';
import { en } from './en';

/** Every message by its place, functions called with parameters that can be told apart. */
function spoken(catalogue: object, place = ''): Map<string, string> {
  const entries = Object.entries(catalogue).flatMap(([name, message]: [string, unknown]) => {
    const here = `${place}/${name}`;
    if (typeof message === 'string') return [[here, message] as const];
    if (typeof message === 'function') return [[here, String(message(...parameters(message)))] as const];
    return [...spoken(message as object, here)];
  });
  return new Map(entries);
}

function parameters(message: { length: number }): string[] {
  return Array.from({ length: message.length }, (_, index) => `⟨${index}⟩`);
}

const english = spoken(en);
const german = spoken(de);

/** Words that are the same in both languages. */
const shared = [
  '/direction',
  '/fridge/kinds/none',
  '/passport/provenance/revision',
  '/scan/kinds/elements',
  '/passport/allergens/names/sesame',
];

test('both catalogues say the same things', () => {
  expect([...german.keys()]).toEqual([...english.keys()]);
});

test.each([
  ['English', english],
  ['German', german],
])('no %s message is blank or shows a bare key', (_, messages) => {
  const bad = [...messages].filter(([place, text]) => text.trim() === '' || text === place.split('/').at(-1));
  expect(bad.filter(([place]) => place !== '/direction')).toEqual([]);
});

test('a message uses each of its parameters in both languages', () => {
  const used = (text: string | undefined) => (text?.match(/⟨\d⟩/g) ?? []).toSorted();
  for (const [place, text] of english) expect(used(german.get(place)), place).toEqual(used(text));
});

test('German is translated', () => {
  const same = [...english].filter(([place, text]) => german.get(place) === text).map(([place]) => place);
  expect(same.filter((place) => !shared.includes(place))).toEqual([]);
});
