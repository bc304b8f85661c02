/** What each kind of rule says about a product. Only what is positively known makes it say `suitable`. */

import type { HealthProfile, Outcome, Recall } from '../api/types';
import { meet, related, spokenForBy } from './allergens';
import { firstOf, unitFactor, type Facts, type Untold } from './facts';
import { and, type AllergenRule, type FlagRule, type Rule, type TrafficLight, type Truth } from './rule-set';
import { holds, normal } from './words';

export type Limit = NonNullable<HealthProfile['nutrient_limits']>[number];
type Sensitivity = 'strict' | 'normal';

/** The day, and the package in the person's hand. */
export interface Circumstances {
  on: string;
  lot?: string | undefined;
  use_by?: string | undefined;
  best_before?: string | undefined;
}

/** What of a profile a rule is about. */
export type Wish = { sensitivity?: Sensitivity; limit?: Limit; ingredient?: string };

/** What a rule says. */
export interface Finding {
  outcome: Outcome;
  key: string;
  params: Record<string, unknown>;
  pointer?: string | undefined;
  settledBy?: string | undefined;
}

const outcomes: readonly Outcome[] = ['recalled', 'past_use_by', 'avoid', 'caution', 'unknown', 'suitable'];
/** The worse an outcome, the smaller. */
export const rank = (outcome: Outcome) => outcomes.indexOf(outcome);

/** What the rule says; `undefined` if it has nothing to say. */
export function interpret(rule: Rule, wish: Wish, facts: Facts, at: Circumstances): Finding | undefined {
  switch (rule.kind) {
    case 'allergen':
      return allergen(rule, rule.sensitivity ?? wish.sensitivity ?? 'strict', facts);
    case 'ingredient_flag':
      return ingredients(rule, facts, at);
    case 'additive':
      return additives(rule, facts, at);
    case 'nutrient_limit':
      if (rule.traffic_light) return trafficLight(rule.traffic_light, facts);
      return wish.limit && ownLimit(wish.limit, facts);
    case 'claim_required':
      return certificate(rule.schemes, facts, at);
    case 'category_warning':
      return category(rule, facts);
    case 'statement':
      return statement(rule, facts);
    case 'own_ingredient':
      return wish.ingredient === undefined ? undefined : ownIngredient(wish.ingredient, facts);
    case 'recall':
      return recall(facts, at);
    case 'date':
      return date(at);
  }
}

function found(outcome: Outcome, key: string, pointer?: string, params: Finding['params'] = {}): Finding {
  return { outcome, key, params, pointer };
}

function unknown(key: string, settledBy: string, pointer?: string, params: Finding['params'] = {}): Finding {
  return { outcome: 'unknown', key, params, pointer, settledBy };
}

function untold(key: string, { settledBy, pointer }: Untold, params: Finding['params'] = {}): Finding {
  return unknown(key, settledBy, pointer, params);
}

function allergen(rule: AllergenRule, sensitivity: Sensitivity, facts: Facts): Finding {
  const finding = allergenState(rule, sensitivity === 'strict', facts);
  const params = { allergen: rule.allergen };
  // A declared value that nobody understands may be this very allergen.
  if (facts.unmapped !== undefined && finding.outcome === 'suitable')
    return unknown('allergen.unmapped', 'allergens.understood', facts.unmapped, params);
  return { ...finding, params };
}

function allergenState(rule: AllergenRule, isStrict: boolean, facts: Facts): Finding {
  const contradicted = (pointer: string) => unknown('allergen.contradicted', 'allergens.consistent', pointer);
  const claimed = rule.claim && facts.claim(rule.claim);
  if (claimed !== undefined) {
    const against = facts.worst(new Set(rule.contradicted_by));
    return against ? contradicted(against.pointer) : found('suitable', 'allergen.free_from', claimed);
  }
  const speaking = spokenForBy(rule.allergen);
  const claim = facts.freeFrom.find(({ allergens }) => meet(allergens, speaking));
  const against = facts.worst(related(rule.allergen));
  if (against && claim) return contradicted(against.pointer);
  if (against?.contains) return found('avoid', 'allergen.contains', against.pointer);
  if (against) return found(isStrict ? 'avoid' : 'caution', 'allergen.may_contain', against.pointer);
  if (claim) {
    const belied = facts.belying([...claim.allergens].filter((code) => speaking.has(code)));
    return belied ? contradicted(belied.pointer) : found('suitable', 'allergen.free_from', claim.pointer);
  }
  const gap = facts.untold();
  if (gap) return untold('allergen.unknown', gap);
  return found(isStrict ? 'caution' : 'suitable', 'allergen.not_declared', '/statement_complete');
}

/** Something that does not suit, or may not. */
interface Met {
  pointer: string;
  text: string;
}

type Search = { unsuited: Met } | { doubtful: Met; settledBy: string } | undefined;

function ingredients(rule: FlagRule, facts: Facts, at: Circumstances): Finding {
  let search: Search;
  for (const { pointer, text, nature, isExplained, hasFlags } of facts.ingredients) {
    const flag = nature.flags[rule.flag];
    if (flag === 'no') return settle(rule, { unsuited: { pointer, text } }, facts, at);
    if (flag === 'maybe' && !search && !isExplained) {
      const settledBy = hasFlags ? 'ingredients.origin' : 'ingredients.recognised';
      search = { doubtful: { pointer, text }, settledBy };
    }
  }
  const against = facts.worst(new Set(rule.excludes));
  const code = against?.contains ? firstOf(against.allergens) : undefined;
  if (against && code) return settle(rule, { unsuited: { pointer: against.pointer, text: code } }, facts, at);
  if (facts.ingredients.length === 0 && !search)
    return claimed(rule, facts, at) ?? unknown('ingredients.missing', 'ingredients.list');
  return settle(rule, search, facts, at);
}

function additives(rule: FlagRule, facts: Facts, at: Circumstances): Finding {
  let search: Search;
  for (const [place, { code, nature }] of facts.additives.entries()) {
    const met = { pointer: `/additives/${place}`, text: code };
    const flag = nature.flags[rule.flag];
    if (flag === 'no') return settle(rule, { unsuited: met }, facts, at);
    if (flag === 'maybe' && !search)
      search = { doubtful: met, settledBy: nature.known ? 'additives.origin' : 'additives.recognised' };
  }
  return settle(rule, search, facts, at);
}

function settle(rule: FlagRule, search: Search, facts: Facts, at: Circumstances): Finding {
  const claim = claimed(rule, facts, at);
  if (search && 'unsuited' in search) {
    const { pointer, text } = search.unsuited;
    if (claim) return unknown('flag.contradicted', 'ingredients.consistent', pointer, { found: text });
    return found(rule.no, 'flag.unsuited', pointer, { found: text });
  }
  if (claim) return claim;
  if (search)
    return unknown('flag.doubtful', search.settledBy, search.doubtful.pointer, {
      found: search.doubtful.text,
    });
  if (facts.complete) return found('suitable', 'flag.all_suit', '/statement_complete');
  return unknown('flag.maybe_more', 'statement.complete');
}

function claimed(rule: FlagRule, facts: Facts, at: Circumstances): Finding | undefined {
  const pointer = (rule.claim && facts.claim(rule.claim)) ?? facts.certificate(rule.schemes ?? [], at.on);
  return pointer === undefined ? undefined : found('suitable', 'flag.claimed', pointer);
}

function ownIngredient(wanted: string, facts: Facts): Finding {
  const phrase = normal(wanted);
  const params = { ingredient: wanted };
  const speaks = (text: string) => holds(normal(text), phrase);
  const pointer =
    facts.ingredients.find(({ text }) => speaks(text))?.pointer ??
    placeOf('/additives', facts.additives, ({ code }) => speaks(code)) ??
    textOf(facts, speaks) ??
    byId(facts.passport.ingredients, speaks, '');
  if (pointer !== undefined) return found('avoid', 'own_ingredient.found', pointer, params);
  const gap = facts.untold();
  if (gap) return untold('own_ingredient.unknown', gap, params);
  return found('suitable', 'own_ingredient.absent', '/statement_complete', params);
}

function byId(
  list: Facts['passport']['ingredients'],
  speaks: (text: string) => boolean,
  above: string,
): string | undefined {
  for (const [place, one] of list.entries()) {
    const pointer = `${above}/ingredients/${place}`;
    if (one.id != null && speaks(one.id)) return pointer;
    const below = byId(one.ingredients ?? [], speaks, pointer);
    if (below !== undefined) return below;
  }
  return undefined;
}

function placeOf<T>(at: string, list: readonly T[], is: (one: T) => boolean): string | undefined {
  const place = list.findIndex(is);
  return place < 0 ? undefined : `${at}/${place}`;
}

/** The first text of the ingredients, by its language, that says so. */
function textOf({ passport }: Facts, says: (text: string) => boolean): string | undefined {
  const texts = Object.entries(passport.ingredients_text).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const language = texts.find(([, text]) => says(text))?.[0];
  return language === undefined ? undefined : `/ingredients_text/${language}`;
}

function certificate(schemes: readonly string[], facts: Facts, at: Circumstances): Finding {
  const params = { scheme: schemes[0] ?? '' };
  const pointer = facts.certificate(schemes, at.on);
  if (pointer === undefined) return unknown('certificate.missing', 'certificate.valid', undefined, params);
  return found('suitable', 'certificate.valid', pointer, params);
}

function category(rule: Extract<Rule, { kind: 'category_warning' }>, facts: Facts): Finding {
  const { category: given } = facts.passport;
  if (given == null) return unknown('category.missing', 'category.stated');
  const text = normal(given);
  const names = (phrases: readonly string[]) => phrases.some((phrase) => holds(text, normal(phrase)));
  const params = { category: given };
  if (names(rule.warned)) return found(rule.outcome, 'category.warned', '/category', params);
  if (names(rule.harmless)) return found('suitable', 'category.harmless', '/category', params);
  return unknown('category.unrecognised', 'category.recognised', '/category', params);
}

function statement(rule: Extract<Rule, { kind: 'statement' }>, facts: Facts): Finding {
  const says = (text: string) => rule.phrases.some((phrase) => text.toLowerCase().includes(phrase));
  const label = placeOf('/labels', facts.passport.labels, (one) => rule.labels.includes(one));
  const pointer = label ?? textOf(facts, says);
  if (pointer !== undefined) return found(rule.present, 'statement.present', pointer);
  if (facts.complete) return found('suitable', 'statement.absent', '/statement_complete');
  return unknown('statement.unknown', 'statement.complete');
}

function trafficLight(rule: TrafficLight, facts: Facts): Finding {
  const unit = facts.passport.quantity?.unit?.toLowerCase();
  const isSolid = unit !== undefined && ['g', 'kg', 'mg', 'oz', 'lb'].includes(unit);
  const colour = ({ low, high }: TrafficLight['food'], value: number): Outcome =>
    value > high ? rule.high : value > low ? rule.medium : 'suitable';
  const byWeight = (value: number): Outcome => {
    const asFood = colour(rule.food, value);
    const differs = asFood === 'suitable' && colour(rule.drink, value) !== 'suitable';
    return !isSolid && differs ? 'unknown' : asFood;
  };
  const stated = [
    ...facts.amounts(rule.nutrient, '100g').map((one) => [byWeight(one[0]), ...one] as const),
    ...facts.amounts(rule.nutrient, '100ml').map((one) => [colour(rule.drink, one[0]), ...one] as const),
  ].toSorted(([a], [b]) => rank(a) - rank(b));
  const [worst] = stated;
  if (!worst) return missing(rule, facts);
  const [outcome, value, pointer] = worst;
  const params = { nutrient: rule.nutrient, value: Math.round(value * 100) / 100, unit: rule.unit };
  const finding =
    outcome === 'unknown'
      ? unknown('nutrient.food_or_drink', 'quantity.unit', pointer, params)
      : found(outcome, outcome === 'suitable' ? 'nutrient.within' : 'nutrient.above', pointer, params);
  const agree = stated.every(([other]) => other === outcome);
  return agree ? finding : { ...finding, key: 'nutrient.contradicted' };
}

function missing({ nutrient, or_told_by_ingredients }: TrafficLight, facts: Facts): Finding {
  if (!or_told_by_ingredients)
    return unknown('nutrient.missing', 'nutriments.stated', undefined, { nutrient });
  const gap = facts.untold();
  if (gap) return untold('nutrient.missing', gap, { nutrient });
  return found('suitable', 'nutrient.not_in_ingredients', '/statement_complete', { nutrient });
}

function ownLimit({ nutrient, max, unit, basis }: Limit, facts: Facts): Finding {
  const params = { nutrient, max, unit, basis };
  const factor = unitFactor(unit, nutrient === 'energy');
  const amounts = facts.amounts(nutrient, basis === 'portion' ? 'serving' : basis);
  const [first, ...others] = amounts;
  if (factor === undefined || !first)
    return unknown('nutrient.missing', 'nutriments.stated', undefined, params);
  const [value, pointer] = others.reduce((highest, next) => (next[0] > highest[0] ? next : highest), first);
  return value > max * factor
    ? found('avoid', 'nutrient.above_own', pointer, params)
    : found('suitable', 'nutrient.within_own', pointer, params);
}

function recall({ passport }: Facts, at: Circumstances): Finding | undefined {
  const gravity: Record<Truth, number> = { no: 0, maybe: 1, yes: 2 };
  const touching = passport.recalls
    .map((one, place) => ({ one, pointer: `/recalls/${place}`, touched: touches(one, at) }))
    .filter(({ one }) => one.status === 'active');
  const [first, ...others] = touching;
  if (!first) return undefined;
  const { touched, pointer } = others.reduce(
    (worst, next) => (gravity[next.touched] > gravity[worst.touched] ? next : worst),
    first,
  );
  if (touched === 'yes') return found('recalled', 'recall.affected', pointer);
  if (touched === 'no') return found('suitable', 'recall.not_affected', pointer);
  return { ...found('recalled', 'recall.cannot_tell', pointer), settledBy: 'package.lot_and_date' };
}

function touches({ lots, use_by: range }: Recall, at: Circumstances): Truth {
  const told = (is: boolean): Truth => (is ? 'yes' : 'no');
  const byLot = lots == null ? 'yes' : at.lot === undefined ? 'maybe' : told(lots.includes(at.lot));
  const [first = '', last = ''] = range ?? [];
  const byDay =
    range == null ? 'yes' : at.use_by === undefined ? 'maybe' : told(first <= at.use_by && at.use_by <= last);
  return and(byLot, byDay);
}

function date({ on, use_by, best_before }: Circumstances): Finding | undefined {
  if (use_by !== undefined && use_by < on)
    return found('past_use_by', 'date.past_use_by', undefined, { use_by });
  if (best_before !== undefined && best_before < on)
    return found('caution', 'date.past_best_before', undefined, { best_before });
  return undefined;
}
