import type { Document } from '../verdict/rule-set';

const suits = {
  vegan: 'yes',
  vegetarian: 'yes',
  halal: 'yes',
  kosher: 'yes',
  pregnancy: 'yes',
  pku: 'yes',
} as const;

/** A rule set with a rule of each kind, as small as can be. */
export const rules: Document = {
  id: 'small',
  version: '1.0.0',
  hash: 'f'.repeat(64),
  allergens: {
    codes: {
      gluten: ['gluten'],
      oats: ['oats'],
      milk: ['milk', 'en:milk'],
      hazelnut: ['hazelnut'],
      nuts: ['nuts'],
    },
    not_annex_ii: ['coconut'],
    free_from_labels: { gluten: ['en:gluten-free'] },
  },
  claims: { vegan: ['en:vegan'], gluten_free: ['en:gluten-free'] },
  classes: { plain: suits, dairy: { ...suits, vegan: 'no' }, any_origin: { ...suits, vegan: 'maybe' } },
  vocabulary: {
    qualifiers: ['roasted', 'organic'],
    ingredients: [
      { class: 'plain', names: ['sugar', 'palm oil', 'water'] },
      { class: 'plain', allergens: ['hazelnut'], names: ['hazelnuts'] },
      { class: 'dairy', allergens: ['milk'], names: ['milk'] },
      { class: 'any_origin', names: ['flavouring'] },
    ],
  },
  additives: [{ class: 'any_origin', codes: ['e471'] }],
  rules: [
    {
      id: 'allergen.milk',
      applies: { allergen: 'milk' },
      class: 'safety',
      kind: 'allergen',
      allergen: 'milk',
    },
    {
      id: 'diet.vegan.ingredients',
      applies: { diet: 'vegan' },
      class: 'preference',
      kind: 'ingredient_flag',
      flag: 'vegan',
      no: 'avoid',
      claim: 'vegan',
      excludes: ['milk'],
    },
    {
      id: 'condition.hypertension.salt',
      applies: { condition: 'hypertension' },
      class: 'condition',
      kind: 'nutrient_limit',
      traffic_light: {
        nutrient: 'salt',
        unit: 'g',
        food: { low: 0.3, high: 1.5 },
        drink: { low: 0.3, high: 0.75 },
        medium: 'caution',
        high: 'avoid',
      },
    },
    { id: 'limit.own', applies: 'own_limits', class: 'preference', kind: 'nutrient_limit' },
    { id: 'ingredient.own', applies: 'own_ingredients', class: 'preference', kind: 'own_ingredient' },
    { id: 'overlay.recall', applies: 'everyone', class: 'safety', kind: 'recall' },
    { id: 'overlay.date', applies: 'everyone', class: 'safety', kind: 'date' },
  ],
};
