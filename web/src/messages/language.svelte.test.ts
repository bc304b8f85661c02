import { afterEach, expect, test, vi } from 'vitest';
import { Language, locales, preferred } from './language.svelte';

const asks = (...tags: string[]) => vi.spyOn(navigator, 'languages', 'get').mockReturnValue(tags);

afterEach(() => localStorage.clear());

test.each(Object.keys(locales))('%s has a message that is known to exist', async (locale) => {
  const language = new Language();
  await language.speak(locale as keyof typeof locales);
  expect(language.messages.passport.allergens.names.milk).toBe({ en: 'Milk', de: 'Milch' }[locale]);
  expect(document.documentElement.lang).toBe(locale);
  expect(document.documentElement.dir).toBe('ltr');
});

test('the browser’s first language that we speak is the one to begin with', () => {
  asks('fr-CH', 'de-CH', 'en');
  expect(preferred()).toBe('de');
  asks('fr');
  expect(preferred()).toBe('en');
});

test('a choice is remembered', async () => {
  asks('en');
  await new Language().choose('de');
  expect(preferred()).toBe('de');
});

test('what was remembered may be anything', () => {
  asks('de');
  localStorage.setItem('packytrace.language', 'constructor');
  expect(preferred()).toBe('de');
});

test('without storage the choice holds for the visit', async () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  const language = new Language();
  await language.choose('de');
  expect(language.locale).toBe('de');
});

test('days are written as the person’s region writes them', async () => {
  asks('en-GB');
  const language = new Language();
  await language.speak('en');
  expect(language.format.day('2026-11-30')).toBe('30 November 2026');
});
