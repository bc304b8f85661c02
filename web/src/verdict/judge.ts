/** The verdict: every rule that applies to a profile, the worst first. */

import type { HealthProfile, Outcome, Passport, Reason } from '../api/types';
import { Facts } from './facts';
import { interpret, rank, type Circumstances, type Wish } from './interpret';
import type { Rule, RuleSet } from './rule-set';

/** What the rules come to for one person. */
export interface Opinion {
  headline: Outcome;
  unchecked: number;
  reasons: Reason[];
}

/** Judges a product for a profile, to the byte as the server does. */
export function judge(
  rules: RuleSet,
  profile: HealthProfile,
  passport: Passport,
  at: Circumstances,
): Opinion {
  const facts = new Facts(passport, rules);
  const reasons = rules.rules
    .flatMap((rule) => wishes(rule, profile).map(([id, wish]) => reason(rule, id, wish, facts, at)))
    .filter((one) => one !== undefined)
    .toSorted((a, b) => rank(a.outcome) - rank(b.outcome));
  return {
    headline: reasons[0]?.outcome ?? 'suitable',
    unchecked: reasons.filter(({ outcome }) => outcome === 'unknown').length,
    reasons,
  };
}

/** What of the profile a rule is about: nothing, once, or once for each own limit or ingredient. */
function wishes({ id, applies }: Rule, profile: HealthProfile): [id: string, wish: Wish][] {
  if (applies === 'everyone') return [[id, {}]];
  if (applies === 'own_limits')
    return (profile.nutrient_limits ?? []).map((limit, nth) => [`${id}.${nth + 1}`, { limit }]);
  if (applies === 'own_ingredients')
    return (profile.avoid_ingredients ?? []).map((ingredient, nth) => [`${id}.${nth + 1}`, { ingredient }]);
  if ('allergen' in applies) {
    const entries = (profile.allergens ?? []).filter(({ code }) => code === applies.allergen);
    if (entries.length === 0) return [];
    // Of two entries the stricter one.
    const isStrict = entries.some(({ sensitivity }) => (sensitivity ?? 'strict') === 'strict');
    return [[id, { sensitivity: isStrict ? 'strict' : 'normal' }]];
  }
  const wanted: readonly string[] = 'diet' in applies ? (profile.diets ?? []) : (profile.conditions ?? []);
  const name = 'diet' in applies ? applies.diet : applies.condition;
  return wanted.includes(name) ? [[id, {}]] : [];
}

function reason(rule: Rule, id: string, wish: Wish, facts: Facts, at: Circumstances): Reason | undefined {
  const finding = interpret(rule, wish, facts, at);
  if (!finding) return undefined;
  const { outcome, key, params, pointer, settledBy } = finding;
  return {
    rule: id,
    outcome,
    class: rule.class,
    message: { key, ...(Object.keys(params).length > 0 ? { params } : {}) },
    ...(pointer === undefined ? {} : { fact: { pointer, source: facts.source(pointer) } }),
    ...(settledBy === undefined ? {} : { settled_by: settledBy }),
  };
}
