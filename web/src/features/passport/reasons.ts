/** What a rule said, in a person's words. */

import type { Reason } from '../../api/types';
import type { Format } from '../../messages/format';
import type { Messages } from '../../messages/en';
import { tag } from './texts';

/** A reason as it is shown. */
export interface Told {
  /** What the rule is about: an allergen, a diet, a condition … */
  topic: string;
  text: string;
  /** Where it was read, and who states it. */
  evidence: string | undefined;
  /** For an unknown: what would settle it. */
  settledBy: string | undefined;
}

/** Says a reason in the language of the page. A key that this version does not know is said generally. */
export function tell(reason: Reason, messages: Messages, format: Format, locale: string): Told {
  const { reasons, settled, evidence, places } = messages.verdict;
  const { key, params = {} } = reason.message;
  const say: ((subject: string, amount: string) => string) | undefined = own(reasons, key);
  const place = reason.fact?.pointer.split('/')[1] ?? '';
  return {
    topic: topic(reason.rule, messages),
    text: (say ?? reasons.other)(subject(params, messages, format, locale), amount(params, format)),
    evidence: reason.fact && evidence(own(places, place) ?? places.other, reason.fact.source),
    settledBy: reason.settled_by == null ? undefined : (own(settled, reason.settled_by) ?? settled.other),
  };
}

/** The rule in a word: `diet.vegan.ingredients` is about “Vegan”. */
function topic(rule: string, messages: Messages): string {
  const [family = '', about = ''] = rule.split('.');
  const { topics } = messages.verdict;
  const { diets, conditions } = messages.profile;
  const known: Readonly<Record<string, string | undefined>> = {
    allergen: own(messages.passport.allergens.names, about),
    diet: own(diets.names, about),
    condition: own(conditions.names, about === 'lactose' ? 'lactose_intolerance' : about),
    limit: topics.limit,
    ingredient: topics.ingredient,
    overlay: own(topics, about),
  };
  return own(known, family) ?? rule;
}

/** What the sentence is about, whatever the rule calls it. */
function subject(
  params: Readonly<Record<string, unknown>>,
  messages: Messages,
  format: Format,
  locale: string,
): string {
  const text = (name: string) => (typeof params[name] === 'string' ? params[name] : undefined);
  const allergens = messages.passport.allergens.names;
  const allergen = text('allergen');
  const nutrient = text('nutrient');
  const day = text('use_by') ?? text('best_before');
  const words = text('found') ?? text('ingredient') ?? text('category') ?? text('scheme');
  if (allergen !== undefined) return own(allergens, allergen) ?? allergen;
  if (nutrient !== undefined) return own(messages.nutrients, nutrient) ?? nutrient;
  if (day !== undefined) return format.day(day);
  return words === undefined ? '' : (own(allergens, words) ?? tag(words, locale).text);
}

function amount(params: Readonly<Record<string, unknown>>, format: Format): string {
  const value = params['value'] ?? params['max'];
  const unit = params['unit'];
  return typeof value === 'number' && typeof unit === 'string' ? format.quantity(value, unit) : '';
}

/** The member of that name, if there is one of its own. */
function own<V>(of: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}
