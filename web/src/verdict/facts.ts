/** What a passport says, for the rules. Whatever is missing, impossible or not understood is not there. */

import type { AllergenCode, Ingredient as Stated, Nutriment, Passport } from '../api/types';
import { allCodes, beliedBy, meet } from './allergens';
import { agreed, type Claim, type Codes, type Nature, type RuleSet, type Truth } from './rule-set';
import { holds, normal } from './words';

export interface Ingredient {
  pointer: string;
  text: string;
  nature: Nature;
  /** What it is made of is stated. */
  isExplained: boolean;
  hasFlags: boolean;
}

export interface Additive {
  code: string;
  nature: Nature;
}

/** Something that speaks against an allergen's absence. */
export interface Adverse {
  allergens: Codes;
  contains: boolean;
  pointer: string;
}

/** Why not all is told, and where. */
export interface Untold {
  settledBy: string;
  pointer?: string | undefined;
}

type Basis = '100g' | '100ml' | 'serving';

/** A passport as the rules see it. */
export class Facts {
  readonly ingredients: Ingredient[] = [];
  readonly additives: Additive[];
  readonly adverse: Adverse[] = [];
  readonly freeFrom: { allergens: Codes; pointer: string }[] = [];
  readonly claims: { claim: Claim; pointer: string }[] = [];
  /** A declared allergen that nobody understands. */
  unmapped: string | undefined;
  readonly complete: boolean;

  constructor(
    readonly passport: Passport,
    private readonly rules: RuleSet,
  ) {
    this.#flatten(passport.ingredients, '');
    this.additives = passport.additives.map((code) => ({ code, nature: rules.additive(code) }));
    this.#declared();
    const attested = (this.#source('/statement_complete')?.standing ?? 'community') !== 'community';
    this.complete = passport.statement_complete && attested;
  }

  claim(wanted: Claim | undefined): string | undefined {
    return this.claims.find(({ claim }) => claim === wanted)?.pointer;
  }

  /** A certificate of one of the schemes that is valid on the day. */
  certificate(schemes: readonly string[], on: string): string | undefined {
    const place = this.passport.certificates.findIndex(
      ({ scheme, valid_until }) =>
        (valid_until == null || on <= valid_until) && schemes.some((one) => holds(normal(scheme), one)),
    );
    return place < 0 ? undefined : `/certificates/${place}`;
  }

  /** The worst that speaks against one of them; of equals the first. */
  worst(of: ReadonlySet<AllergenCode>): Adverse | undefined {
    const matching = this.adverse.filter(({ allergens }) => meet(allergens, of));
    return matching.find(({ contains }) => contains) ?? matching[0];
  }

  belying(claimed: Iterable<AllergenCode>): Adverse | undefined {
    return this.worst(new Set([...claimed].flatMap((code) => [...beliedBy(code)])));
  }

  /** Why it cannot be said that nothing else is in it; `undefined` if it can. */
  untold(): Untold | undefined {
    if (this.unmapped !== undefined) return { settledBy: 'allergens.understood', pointer: this.unmapped };
    if (this.ingredients.length === 0) return { settledBy: 'ingredients.list' };
    const strange = this.ingredients.find((one) => !one.nature.known && !one.isExplained)?.pointer;
    const additive = this.additives.findIndex(({ nature }) => !nature.known);
    const pointer = strange ?? (additive < 0 ? undefined : `/additives/${additive}`);
    if (pointer !== undefined) return { settledBy: 'ingredients.recognised', pointer };
    return this.complete ? undefined : { settledBy: 'statement.complete' };
  }

  /** Who states a fact. */
  source(pointer: string): string {
    return this.#source(pointer)?.source ?? 'unknown';
  }

  /** The values that are stated of a nutrient and can be true, in grams, kilojoules or % vol. */
  amounts(nutrient: string, basis: Basis): [value: number, pointer: string][] {
    return this.passport.nutriments.flatMap((stated, place): [number, string][] => {
      const isSodium = nutrient === 'salt' && stated.nutrient === 'sodium';
      if (stated.nutrient !== nutrient && !isSodium) return [];
      if (stated.prepared === true || stated.basis !== basis) return [];
      const value = possible(stated, basis);
      return value === undefined ? [] : [[value * (isSodium ? 2.5 : 1), `/nutriments/${place}`]];
    });
  }

  #source(pointer: string) {
    for (let above = pointer; ; above = above.slice(0, above.lastIndexOf('/'))) {
      const fact = this.passport.facts[above];
      if (fact) return fact;
      if (!above.includes('/')) return undefined;
    }
  }

  #flatten(list: readonly Stated[], above: string): void {
    for (const [place, stated] of list.entries()) {
      const pointer = `${above}/ingredients/${place}`;
      const parts = stated.ingredients ?? [];
      const nature = this.#nature(stated);
      const hasFlags = nature.known || stated.vegan != null || stated.vegetarian != null;
      this.ingredients.push({ pointer, text: stated.text, nature, isExplained: parts.length > 0, hasFlags });
      this.#flatten(parts, pointer);
    }
  }

  #nature(stated: Stated): Nature {
    const byText = () => this.rules.ingredient(normal(stated.text));
    const byId = stated.id == null ? undefined : this.rules.ingredient(normal(stated.id));
    let nature = byId ?? byText();
    if (byId && !byId.known) {
      const other = byText();
      if (other.known) nature = other;
    }
    const vegan = agreed(nature.flags.vegan, truth(stated.vegan));
    const vegetarian = agreed(nature.flags.vegetarian, truth(stated.vegetarian));
    return { ...nature, flags: { ...nature.flags, vegan, vegetarian } };
  }

  #declared(): void {
    for (const [place, { code, presence }] of this.passport.allergens.entries()) {
      const pointer = `/allergens/${place}`;
      const allergens = this.rules.allergenCodes.get(code);
      if (allergens === undefined) this.unmapped ??= pointer;
      else if (allergens.size === 0) continue;
      else if (presence === 'free_from') this.#free(allergens, pointer);
      else this.adverse.push({ allergens, contains: presence === 'contains', pointer });
    }
    for (const [place, label] of this.passport.labels.entries()) {
      const pointer = `/labels/${place}`;
      const allergens = this.rules.freeFromLabels.get(label);
      if (allergens) this.#free(allergens, pointer);
      for (const claim of this.rules.claims.get(label) ?? []) this.claims.push({ claim, pointer });
    }
    for (const { nature, pointer } of this.ingredients) this.#contains(nature, pointer);
    for (const [place, { nature }] of this.additives.entries()) this.#contains(nature, `/additives/${place}`);
  }

  #free(allergens: Codes, pointer: string): void {
    if (allergens.has('gluten')) this.claims.push({ claim: 'gluten_free', pointer });
    this.freeFrom.push({ allergens, pointer });
  }

  #contains({ allergens }: Nature, pointer: string): void {
    if (allergens.size > 0) this.adverse.push({ allergens, contains: true, pointer });
  }
}

/** The first of some codes, in the order of the contract. */
export function firstOf(codes: Codes): AllergenCode | undefined {
  return allCodes.find((code) => codes.has(code));
}

function truth(word: Truth | null | undefined): Truth {
  return word ?? 'maybe';
}

/** A value that can be true; negative, more than there is food, or in an unknown unit it counts as missing. */
function possible({ nutrient, value, unit }: Nutriment, basis: Basis): number | undefined {
  const factor = unit === '% vol' && nutrient === 'alcohol' ? 1 : unitFactor(unit, nutrient === 'energy');
  if (factor === undefined) return undefined;
  const amount = value * factor;
  return amount >= 0 && amount <= mostOf(nutrient, basis) ? amount : undefined;
}

function mostOf(nutrient: string, basis: Basis): number {
  if (basis === 'serving') return Number.MAX_VALUE;
  if (nutrient === 'energy') return 3_800;
  return nutrient === 'alcohol' || basis === '100g' ? 100 : 140;
}

/** How many grams a unit is, or kilojoules where it is one of energy. */
export function unitFactor(unit: string | null | undefined, isEnergy: boolean): number | undefined {
  const masses: Record<string, number> = { g: 1, mg: 1e-3, µg: 1e-6, μg: 1e-6, ug: 1e-6, mcg: 1e-6, kg: 1e3 };
  const energies: Record<string, number> = { kj: 1, kcal: 4.184 };
  const units = isEnergy ? energies : masses;
  // Only the letters of ASCII, as the server does it.
  const name = unit?.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) ?? '';
  return Object.hasOwn(units, name) ? units[name] : undefined;
}
