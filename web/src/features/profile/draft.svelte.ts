import type { AllergenCode, HealthProfile } from '../../api/types';

export type Sensitivity = 'strict' | 'normal';
export type Diet = NonNullable<HealthProfile['diets']>[number];
export type Condition = NonNullable<HealthProfile['conditions']>[number];
export type Limit = NonNullable<HealthProfile['nutrient_limits']>[number];

/** The 14 groups of Annex II, and below two of them what somebody may avoid alone. */
export const groups: readonly AllergenCode[] = [
  'gluten',
  'crustaceans',
  'eggs',
  'fish',
  'peanuts',
  'soybeans',
  'milk',
  'nuts',
  'celery',
  'mustard',
  'sesame',
  'sulphites',
  'lupin',
  'molluscs',
];
export const single: readonly AllergenCode[] = [
  'wheat',
  'rye',
  'barley',
  'oats',
  'almond',
  'hazelnut',
  'walnut',
  'cashew',
  'pecan',
  'brazil_nut',
  'pistachio',
  'macadamia',
];
export const diets: readonly Diet[] = ['vegan', 'vegetarian', 'halal', 'kosher'];
export const conditions: readonly Condition[] = [
  'coeliac',
  'lactose_intolerance',
  'diabetes',
  'hypertension',
  'pku',
  'pregnancy',
];
export const nutrients: readonly Limit['nutrient'][] = [
  'fat',
  'saturates',
  'sugars',
  'salt',
  'energy',
  'protein',
  'carbohydrate',
];

/** A limit as somebody types it. */
export interface LimitDraft {
  nutrient: Limit['nutrient'];
  max: string;
  unit: Limit['unit'];
  basis: Limit['basis'];
}

/** A profile while somebody fills it in. */
export class Draft {
  name = $state('');
  allergens = $state<Partial<Record<AllergenCode, Sensitivity>>>({});
  diets = $state<Diet[]>([]);
  conditions = $state<Condition[]>([]);
  limits = $state<LimitDraft[]>([]);
  avoid = $state<string[]>([]);

  constructor(kept: HealthProfile = {}) {
    this.name = kept.name ?? '';
    for (const { code, sensitivity } of kept.allergens ?? []) this.allergens[code] = sensitivity ?? 'strict';
    this.diets = [...(kept.diets ?? [])];
    this.conditions = [...(kept.conditions ?? [])];
    this.limits = (kept.nutrient_limits ?? []).map((limit) => ({ ...limit, max: String(limit.max) }));
    this.avoid = [...(kept.avoid_ingredients ?? [])];
  }

  /** Adds or takes away an allergen; whoever avoids one does so strictly until they say otherwise. */
  avoidAllergen(code: AllergenCode, avoided: boolean): void {
    const { [code]: before, ...others } = this.allergens;
    this.allergens = avoided ? { ...others, [code]: before ?? 'strict' } : others;
  }

  toggleDiet(diet: Diet, on: boolean): void {
    this.diets = on ? [...this.diets, diet] : this.diets.filter((one) => one !== diet);
  }

  toggleCondition(condition: Condition, on: boolean): void {
    this.conditions = on
      ? [...this.conditions, condition]
      : this.conditions.filter((one) => one !== condition);
  }

  addLimit(): void {
    this.limits = [...this.limits, { nutrient: 'salt', max: '', unit: 'g', basis: '100g' }];
  }

  removeLimit(place: number): void {
    this.limits = this.limits.filter((_, nth) => nth !== place);
  }

  addIngredient(text: string): void {
    const trimmed = text.trim();
    if (trimmed !== '' && !this.avoid.includes(trimmed)) this.avoid = [...this.avoid, trimmed];
  }

  removeIngredient(text: string): void {
    this.avoid = this.avoid.filter((one) => one !== text);
  }

  /** The places of limits whose number is none. */
  get wrongLimits(): number[] {
    return this.limits.flatMap(({ max }, place) => (amount(max) === undefined ? [place] : []));
  }

  /** What is kept: the profile as a whole. */
  profile(): HealthProfile {
    return {
      ...(this.name.trim() ? { name: this.name.trim() } : {}),
      allergens: [...groups, ...single].flatMap((code) => {
        const sensitivity = this.allergens[code];
        return sensitivity ? [{ code, sensitivity }] : [];
      }),
      diets: this.diets,
      conditions: this.conditions,
      nutrient_limits: this.limits.map((limit) => ({
        ...limit,
        unit: unitOf(limit),
        max: amount(limit.max) ?? 0,
      })),
      avoid_ingredients: this.avoid,
    };
  }
}

/** Energy has units of its own. */
export function unitOf({ nutrient, unit }: Pick<LimitDraft, 'nutrient' | 'unit'>): Limit['unit'] {
  const isEnergy = unit === 'kJ' || unit === 'kcal';
  if (nutrient === 'energy') return isEnergy ? unit : 'kcal';
  return isEnergy ? 'g' : unit;
}

/** A number as people write it: `1.5` or `1,5`. */
export function amount(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) || value < 0 || value > 100_000 ? undefined : value;
}
