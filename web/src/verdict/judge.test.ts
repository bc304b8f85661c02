import { expect, test } from 'vitest';
import type { HealthProfile, Passport } from '../api/types';
import { bare, recall } from '../testing/fixtures';
import { rules } from '../testing/rules';
import { judge } from './judge';
import { RuleSet } from './rule-set';
import { holds, normal } from './words';

const set = new RuleSet(rules);
const today = '2026-11-22';

/** A product whose brand says that everything is stated. */
const complete: Passport = {
  ...bare,
  statement_complete: true,
  ingredients: [{ text: 'Sugar' }, { text: 'Roasted hazelnuts' }],
  facts: { '': { source: 'Morgenrot', standing: 'brand', at: '2026-10-02T08:00:00Z' } },
};

const said = (profile: HealthProfile, passport: Passport, at = {}) =>
  judge(set, profile, passport, { on: today, ...at }).reasons.map(({ outcome, message }) => [
    outcome,
    message.key,
  ]);
const milk = (sensitivity: 'strict' | 'normal'): HealthProfile => ({
  allergens: [{ code: 'milk', sensitivity }],
});

test('what is not declared suits, but whoever is strict takes care', () => {
  expect(said(milk('normal'), complete)).toEqual([['suitable', 'allergen.not_declared']]);
  expect(said(milk('strict'), complete)).toEqual([['caution', 'allergen.not_declared']]);
});

test('what may be in it is avoided strictly, and taken care of else', () => {
  const traces: Passport = { ...complete, allergens: [{ code: 'en:milk', presence: 'may_contain' }] };
  expect(said(milk('normal'), traces)).toEqual([['caution', 'allergen.may_contain']]);
  expect(said(milk('strict'), traces)).toEqual([['avoid', 'allergen.may_contain']]);
});

test('missing data is never safe', () => {
  expect(said(milk('normal'), bare)).toEqual([['unknown', 'allergen.unknown']]);
  expect(said(milk('normal'), { ...complete, facts: {} })).toEqual([['unknown', 'allergen.unknown']]);
  const strange: Passport = { ...complete, allergens: [{ code: 'zz', presence: 'contains' }] };
  expect(said(milk('normal'), strange)).toEqual([['unknown', 'allergen.unknown']]);
});

test('an ingredient that does not suit is named with its place and source', () => {
  const dairy: Passport = { ...complete, ingredients: [{ text: 'Organic milk' }] };
  expect(judge(set, { diets: ['vegan'] }, dairy, { on: today }).reasons).toEqual([
    {
      rule: 'diet.vegan.ingredients',
      outcome: 'avoid',
      class: 'preference',
      message: { key: 'flag.unsuited', params: { found: 'Organic milk' } },
      fact: { pointer: '/ingredients/0', source: 'Morgenrot' },
    },
  ]);
});

test('an ingredient of any origin leaves it open, and a claim decides', () => {
  const flavoured: Passport = { ...complete, ingredients: [{ text: 'flavouring' }] };
  expect(said({ diets: ['vegan'] }, flavoured)).toEqual([['unknown', 'flag.doubtful']]);
  expect(said({ diets: ['vegan'] }, { ...flavoured, labels: ['en:vegan'] })).toEqual([
    ['suitable', 'flag.claimed'],
  ]);
});

test('salt is sodium times two and a half', () => {
  const salty: Passport = {
    ...complete,
    quantity: { value: 1, unit: 'kg' },
    nutriments: [{ nutrient: 'sodium', value: 700, unit: 'mg', basis: '100g' }],
  };
  expect(said({ conditions: ['hypertension'] }, salty)).toEqual([['avoid', 'nutrient.above']]);
});

test('an own limit and an own ingredient are judged one by one', () => {
  const profile: HealthProfile = {
    nutrient_limits: [{ nutrient: 'fat', max: 5, unit: 'g', basis: '100g' }],
    avoid_ingredients: ['Hazelnut', 'palm oil'],
  };
  expect(
    judge(set, profile, complete, { on: today }).reasons.map(({ rule, outcome }) => [rule, outcome]),
  ).toEqual([
    ['ingredient.own.1', 'avoid'],
    ['limit.own.1', 'unknown'],
    ['ingredient.own.2', 'suitable'],
  ]);
});

test('a recall and a use-by day that is over stand above all', () => {
  const recalled: Passport = { ...complete, recalls: [recall] };
  expect(said({}, recalled, { lot: 'L1' })).toEqual([['recalled', 'recall.affected']]);
  expect(said({}, recalled)).toEqual([['recalled', 'recall.cannot_tell']]);
  expect(said({}, recalled, { lot: 'L3' })).toEqual([['suitable', 'recall.not_affected']]);
  expect(said({}, complete, { use_by: '2026-11-21' })).toEqual([['past_use_by', 'date.past_use_by']]);
  expect(said({}, complete, { use_by: today })).toEqual([]);
});

test.each([
  ['en:whole-milk-powder', 'whole milk powder'],
  ['Cow’s Milk', 'cow s milk'],
  ['cranberries', 'cranberry'],
  ['tomatoes', 'tomato'],
  ['couscous', 'couscous'],
  ['  Sel  de mer ', 'sel de mer'],
  ['E471', 'e471'],
  ['', ''],
])('“%s” is “%s”', (text, words) => expect(normal(text)).toBe(words));

test('a phrase is found as whole words only', () => {
  expect(holds('refined palm oil', 'palm oil')).toBe(true);
  expect(holds('coconut milk', 'nut')).toBe(false);
});
