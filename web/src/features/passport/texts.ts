/** Words of a label: in which language to show them, and how the sources write them. */

import type { Quantity } from '../../api/types';
import type { Format } from '../../messages/format';

/** A text, and its language where that is known and not the page's. */
export interface Text {
  text: string;
  lang?: string | undefined;
}

/** Sources' names for "no language in particular". */
const unspecific = new Set(['xx', 'ch', 'main', 'und']);

/** The text to show a reader of `locale`: theirs, else English, else whatever there is. */
export function choose(texts: Readonly<Record<string, string>>, locale: string): Text | undefined {
  const given = Object.entries(texts).filter(([, text]) => text.trim() !== '');
  const best = given.toSorted(([a], [b]) => rank(a, locale) - rank(b, locale) || a.localeCompare(b))[0];
  if (!best) return undefined;
  const [lang, text] = best;
  return { text: text.trim(), lang: unspecific.has(lang) || base(lang) === locale ? undefined : lang };
}

function rank(lang: string, locale: string): number {
  if (lang === locale) return 0;
  if (base(lang) === locale) return 1;
  if (base(lang) === 'en') return 2;
  return unspecific.has(lang) ? 4 : 3;
}

function base(lang: string): string {
  return lang.split(/[-_]/)[0] ?? lang;
}

/** A taxonomy's tag for a reader: `en:clear-glass` is “Clear glass”, in English. Other words stay as they are. */
export function tag(raw: string, locale: string): Text {
  const [, lang, name] = /^(?:([a-z]{2}):(?=.)|(?=[a-z0-9_-]+$))(.+)$/.exec(raw) ?? [];
  if (name === undefined) return { text: raw };
  const words = name.replaceAll(/[-_]+/g, ' ').trim();
  const text = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return { text, lang: lang === locale ? undefined : lang };
}

/** Several texts as one, with their language if it is the same. */
export function join(texts: readonly Text[], separator: string): Text {
  const [first] = texts;
  const same = texts.every(({ lang }) => lang === first?.lang);
  return { text: texts.map(({ text }) => text).join(separator), lang: same ? first?.lang : undefined };
}

/** A piece of a list of ingredients; `strong` where the label makes an allergen stand out. */
export interface Piece {
  text: string;
  strong: boolean;
}

/** Reads the `_underscores_` with which sources mark what stands out on the label. */
export function pieces(text: string): Piece[] {
  return text
    .split(/(_[^_]+_)/)
    .filter((part) => part !== '')
    .map((part) => {
      const strong = /^_[^_]+_$/.test(part);
      return { text: strong ? part.slice(1, -1) : part, strong };
    });
}

/** An amount in the source's own words, else as a number and its unit. */
export function quantity(amount: Quantity | null | undefined, format: Format): string | undefined {
  if (amount?.text) return amount.text;
  if (amount?.value == null) return undefined;
  return amount.unit ? format.quantity(amount.value, amount.unit) : format.number(amount.value);
}
