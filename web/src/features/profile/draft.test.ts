import { expect, test } from 'vitest';
import { amount, Draft, unitOf } from './draft.svelte';

test('a profile that is kept comes back as it was', () => {
  const kept = {
    name: 'Ada',
    allergens: [{ code: 'milk' as const, sensitivity: 'normal' as const }],
    diets: ['vegan' as const],
    conditions: ['coeliac' as const],
    nutrient_limits: [{ nutrient: 'salt' as const, max: 1.5, unit: 'g' as const, basis: '100g' as const }],
    avoid_ingredients: ['palm oil'],
  };
  expect(new Draft(kept).profile()).toEqual(kept);
});

test('whoever avoids an allergen does so strictly until they say otherwise', () => {
  const draft = new Draft();
  draft.avoidAllergen('peanuts', true);
  expect(draft.profile().allergens).toEqual([{ code: 'peanuts', sensitivity: 'strict' }]);
  draft.avoidAllergen('peanuts', false);
  expect(draft.profile().allergens).toEqual([]);
});

test('an own ingredient is kept once, without spaces around it', () => {
  const draft = new Draft();
  draft.addIngredient(' palm oil ');
  draft.addIngredient('palm oil');
  draft.addIngredient('  ');
  expect(draft.profile().avoid_ingredients).toEqual(['palm oil']);
});

test('a limit without a number is told by its place', () => {
  const draft = new Draft();
  draft.addLimit();
  expect(draft.wrongLimits).toEqual([0]);
  draft.limits = [{ nutrient: 'salt', max: '1,5', unit: 'g', basis: '100g' }];
  expect(draft.wrongLimits).toEqual([]);
  expect(draft.profile().nutrient_limits?.[0]?.max).toBe(1.5);
});

test.each([
  ['1.5', 1.5],
  ['1,5', 1.5],
  ['0', 0],
  ['', undefined],
  ['-1', undefined],
  ['many', undefined],
])('“%s” is %s', (text, value) => expect(amount(text)).toBe(value));

test('energy has units of its own', () => {
  expect(unitOf({ nutrient: 'energy', unit: 'g' })).toBe('kcal');
  expect(unitOf({ nutrient: 'fat', unit: 'kJ' })).toBe('g');
});
