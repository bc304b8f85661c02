/** The small tree of Annex II: cereals below gluten, nuts below nuts. */

import type { AllergenCode } from '../api/types';

/** Every code, in the order of the contract. */
export const allCodes: readonly AllergenCode[] = [
  'gluten',
  'wheat',
  'rye',
  'barley',
  'oats',
  'crustaceans',
  'eggs',
  'fish',
  'peanuts',
  'soybeans',
  'milk',
  'nuts',
  'almond',
  'hazelnut',
  'walnut',
  'cashew',
  'pecan',
  'brazil_nut',
  'pistachio',
  'macadamia',
  'celery',
  'mustard',
  'sesame',
  'sulphites',
  'lupin',
  'molluscs',
];

const cereals = new Set<AllergenCode>(['wheat', 'rye', 'barley', 'oats']);
const nuts = new Set<AllergenCode>([
  'almond',
  'hazelnut',
  'walnut',
  'cashew',
  'pecan',
  'brazil_nut',
  'pistachio',
  'macadamia',
]);

function parent(code: AllergenCode): AllergenCode | undefined {
  if (cereals.has(code)) return 'gluten';
  return nuts.has(code) ? 'nuts' : undefined;
}

/** What matches it: the same, what is above and what is below. */
export function related(code: AllergenCode): Set<AllergenCode> {
  const above = parent(code);
  const below = allCodes.filter((other) => parent(other) === code);
  return new Set([...below, ...(above ? [above] : []), code]);
}

/** Whose absence speaks for it: free of nuts is free of hazelnuts; free of gluten says nothing of wheat. */
export function spokenForBy(code: AllergenCode): Set<AllergenCode> {
  const group = parent(code);
  return new Set(group && group !== 'gluten' ? [code, group] : [code]);
}

/** What would make a claim to be free of it a lie. */
export function beliedBy(code: AllergenCode): Set<AllergenCode> {
  return code === 'gluten' ? new Set([code]) : related(code);
}

/** Whether two sets have something in common. */
export function meet(one: Iterable<AllergenCode>, other: ReadonlySet<AllergenCode>): boolean {
  return [...one].some((code) => other.has(code));
}
