/** A published rule set, ready to be asked. It is data: nothing in here knows a rule by its name. */

import type { AllergenCode, Outcome } from '../api/types';
import { normal } from './words';

export type Truth = 'yes' | 'no' | 'maybe';
export type Flag = 'vegan' | 'vegetarian' | 'halal' | 'kosher' | 'pregnancy' | 'pku';
export type Flags = Record<Flag, Truth>;
export type Claim = 'gluten_free' | 'lactose_free' | 'vegan' | 'vegetarian';
export type Codes = ReadonlySet<AllergenCode>;

interface Range {
  low: number;
  high: number;
}

export interface TrafficLight {
  nutrient: string;
  unit: string;
  food: Range;
  drink: Range;
  medium: Outcome;
  high: Outcome;
  or_told_by_ingredients?: boolean;
}

export interface FlagRule {
  flag: Flag;
  no: Outcome;
  claim?: Claim;
  schemes?: string[];
  excludes?: AllergenCode[];
}

export interface AllergenRule {
  allergen: AllergenCode;
  sensitivity?: 'strict' | 'normal';
  claim?: Claim;
  contradicted_by?: AllergenCode[];
}

type Kind =
  | ({ kind: 'allergen' } & AllergenRule)
  | ({ kind: 'ingredient_flag' } & FlagRule)
  | ({ kind: 'additive' } & FlagRule)
  | { kind: 'nutrient_limit'; traffic_light?: TrafficLight }
  | { kind: 'claim_required'; schemes: string[] }
  | { kind: 'category_warning'; warned: string[]; harmless: string[]; outcome: Outcome }
  | { kind: 'statement'; labels: string[]; phrases: string[]; present: Outcome }
  | { kind: 'own_ingredient' }
  | { kind: 'recall' }
  | { kind: 'date' };

export type Rule = Kind & {
  id: string;
  class: 'safety' | 'condition' | 'preference';
  applies:
    | 'everyone'
    | 'own_limits'
    | 'own_ingredients'
    | { allergen: AllergenCode }
    | { diet: string }
    | { condition: string };
};

/** The document as it is published. */
export interface Document {
  id: string;
  version: string;
  hash: string;
  allergens: {
    codes: Record<string, string[]>;
    not_annex_ii: string[];
    free_from_labels: Record<string, string[]>;
  };
  claims: Record<string, string[]>;
  classes: Record<string, Flags>;
  vocabulary: {
    qualifiers: string[];
    ingredients: { class: string; allergens?: AllergenCode[]; names: string[] }[];
  };
  additives: { class: string; allergens?: AllergenCode[]; codes: string[] }[];
  rules: Rule[];
}

/** What a name tells. */
export interface Nature {
  known: boolean;
  flags: Flags;
  allergens: Codes;
}

type What = Pick<Nature, 'flags' | 'allergens'>;

const flagNames: readonly Flag[] = ['vegan', 'vegetarian', 'halal', 'kosher', 'pregnancy', 'pku'];
const all = (truth: Truth) => Object.fromEntries(flagNames.map((flag) => [flag, truth])) as Flags;
const unknown: Nature = { known: false, flags: all('maybe'), allergens: new Set() };

/** Words that turn a name into its opposite, and the words of the longest name. */
const denials = ['free', 'no', 'without'];
const longest = 5;

/** The vocabulary of a rule set and its tables. */
export class RuleSet {
  readonly rules: readonly Rule[];
  readonly allergenCodes: ReadonlyMap<string, Codes>;
  readonly freeFromLabels: ReadonlyMap<string, Codes>;
  readonly claims: ReadonlyMap<string, readonly Claim[]>;
  readonly #names = new Map<string, What>();
  readonly #additives = new Map<string, What>();
  readonly #qualifiers: ReadonlySet<string>;

  constructor(readonly document: Document) {
    const { allergens, claims, classes, vocabulary, additives, rules } = document;
    this.rules = rules;
    this.allergenCodes = new Map<string, Codes>([
      ...byName(allergens.codes),
      ...allergens.not_annex_ii.map((name) => [name, new Set<AllergenCode>()] as const),
    ]);
    this.freeFromLabels = byName(allergens.free_from_labels);
    this.claims = claimsByLabel(claims);
    for (const { class: name, allergens: codes = [], names } of vocabulary.ingredients) {
      const what = { flags: classes[name] ?? all('maybe'), allergens: new Set(codes) };
      for (const one of names) this.#names.set(normal(one), what);
    }
    for (const { class: name, allergens: codes = [], codes: numbers } of additives) {
      const what = { flags: classes[name] ?? all('maybe'), allergens: new Set(codes) };
      for (const number of numbers) this.#additives.set(number, what);
    }
    this.#qualifiers = new Set(vocabulary.qualifiers.map(normal));
  }

  /** What an additive is, by its number such as `en:e322`. */
  additive(tag: string): Nature {
    const what = this.#additives.get(normal(tag));
    return what ? { known: true, ...what } : unknown;
  }

  /** What an ingredient is, by its name in normal form. */
  ingredient(name: string): Nature {
    const what = this.#names.get(name) ?? this.#additives.get(name);
    if (what) return { known: true, ...what };
    const words = name.split(' ').filter((word) => word !== '');
    return words.some((word) => denials.includes(word)) ? unknown : this.#composed(words);
  }

  /** Entries of the list, the longest first, and words that change nothing between them. */
  #composed(words: readonly string[]): Nature {
    let found: What | undefined;
    let understood = true;
    for (let at = 0; at < words.length;) {
      const [count, what] = this.#entry(words, at);
      if (what) {
        found = found ? both(found, what) : both({ flags: all('yes'), allergens: new Set() }, what);
        at += count;
      } else {
        const word = words[at] ?? '';
        understood &&= this.#qualifiers.has(word) || /^[0-9]+$/.test(word);
        at += 1;
      }
    }
    if (!found) return unknown;
    if (understood) return { known: true, ...found };
    return { known: false, ...both(found, unknown), allergens: found.allergens };
  }

  #entry(words: readonly string[], at: number): [number, What?] {
    for (let count = Math.min(longest, words.length - at); count >= 1; count--) {
      const what = this.#names.get(words.slice(at, at + count).join(' '));
      if (what) return [count, what];
    }
    return [0];
  }
}

/** Not known of one part is not known of the whole, unless another part decides. */
export function and(one: Truth, other: Truth): Truth {
  if (one === 'no' || other === 'no') return 'no';
  return one === 'yes' && other === 'yes' ? 'yes' : 'maybe';
}

/** Who contradict each other tell nothing. */
export function agreed(one: Truth, other: Truth): Truth {
  if (one === 'maybe') return other;
  return other === 'maybe' || one === other ? one : 'maybe';
}

function both(one: What, other: What): What {
  const flags = flagNames.map((flag) => [flag, and(one.flags[flag], other.flags[flag])]);
  return {
    flags: Object.fromEntries(flags) as Flags,
    allergens: new Set([...one.allergens, ...other.allergens]),
  };
}

function byName(listed: Record<string, string[]>): Map<string, Codes> {
  const sets = new Map<string, Set<AllergenCode>>();
  for (const [code, names] of Object.entries(listed)) {
    for (const name of names) {
      const set = sets.get(name) ?? new Set();
      sets.set(name, set.add(code as AllergenCode));
    }
  }
  return sets;
}

function claimsByLabel(listed: Record<string, string[]>): Map<string, Claim[]> {
  const claims = new Map<string, Claim[]>();
  for (const [claim, labels] of Object.entries(listed)) {
    for (const label of labels) claims.set(label, [...(claims.get(label) ?? []), claim as Claim]);
  }
  return claims;
}
