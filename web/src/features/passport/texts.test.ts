import { expect, test } from 'vitest';
import { choose, join, pieces, tag } from './texts';

test('a reader gets their own language first', () => {
  expect(choose({ en: 'Milk', de: 'Milch' }, 'de')).toEqual({ text: 'Milch' });
  expect(choose({ en: 'Milk', 'de-CH': 'Milch' }, 'de')).toEqual({ text: 'Milch' });
});

test('else English, else what there is, and its language is said', () => {
  expect(choose({ fr: 'Lait', en: 'Milk' }, 'de')).toEqual({ text: 'Milk', lang: 'en' });
  expect(choose({ it: 'Latte', fr: 'Lait' }, 'de')).toEqual({ text: 'Lait', lang: 'fr' });
});

test('a text in no language in particular comes last and claims none', () => {
  expect(choose({ xx: 'Nutella', it: 'Crema' }, 'de')).toEqual({ text: 'Crema', lang: 'it' });
  expect(choose({ xx: 'Nutella' }, 'de')).toEqual({ text: 'Nutella' });
});

test('blank texts are none', () => {
  expect(choose({ en: '  ', fr: 'Lait' }, 'en')).toEqual({ text: 'Lait', lang: 'fr' });
  expect(choose({}, 'en')).toBeUndefined();
});

test('a tag is written as words', () => {
  expect(tag('en:clear-glass', 'de')).toEqual({ text: 'Clear glass', lang: 'en' });
  expect(tag('de:glasflasche', 'de')).toEqual({ text: 'Glasflasche' });
  expect(tag('vitamin_c', 'en')).toEqual({ text: 'Vitamin c' });
});

test('words that are no tag stay as they are', () => {
  expect(tag('Glass jar, 2-piece', 'en')).toEqual({ text: 'Glass jar, 2-piece' });
});

test('texts of one language are one text of it', () => {
  const [bag, paper] = [tag('en:bag', 'de'), tag('en:paper', 'de')];
  expect(join([bag, paper], ', ')).toEqual({ text: 'Bag, Paper', lang: 'en' });
  expect(join([bag, { text: 'Papier' }], ', ')).toEqual({ text: 'Bag, Papier' });
  expect(join([], ', ')).toEqual({ text: '' });
});

test('what stands out on the label stands out here', () => {
  expect(pieces('Farine de _blé_, sel')).toEqual([
    { text: 'Farine de ', strong: false },
    { text: 'blé', strong: true },
    { text: ', sel', strong: false },
  ]);
  expect(pieces('a_b')).toEqual([{ text: 'a_b', strong: false }]);
});
