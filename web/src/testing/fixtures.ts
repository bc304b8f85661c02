import type { Passport, Problem, Recall, Scan } from '../api/types';

/** A passport with something in every place; GS1's demonstration number. */
export const granola: Passport = {
  gtin: '09520123456788',
  names: { en: 'Hazelnut granola', de: 'Haselnuss-Granola' },
  brand_name: 'Morgenrot',
  category: 'en:granola',
  quantity: { value: 450, unit: 'g' },
  ingredients_text: { en: 'Wholegrain _oat_ flakes, roasted _hazelnuts_ (9 %), honey' },
  ingredients: [],
  statement_complete: true,
  allergens: [
    { code: 'oats', presence: 'contains' },
    { code: 'hazelnut', presence: 'contains' },
    { code: 'de:wheyprotein', presence: 'may_contain' },
  ],
  nutriments: [
    { nutrient: 'energy', value: 1876, unit: 'kJ', basis: '100g' },
    { nutrient: 'energy', value: 448, unit: 'kcal', basis: '100g' },
    { nutrient: 'fat', value: 17.4, unit: 'g', basis: '100g' },
    { nutrient: 'fat', value: 7.8, unit: 'g', basis: 'serving' },
  ],
  serving: { value: 45, unit: 'g' },
  additives: [],
  labels: ['en:organic'],
  certificates: [],
  storage: { text: 'Keep cool and dry.', days_after_opening: 21 },
  packaging: [{ shape: 'en:bag', material: 'en:paper' }, 'en:plastic'],
  origin: 'Germany',
  revision: 3,
  content_hash: '0'.repeat(64),
  facts: { '': { source: 'Morgenrot', standing: 'brand', at: '2026-10-02T08:00:00Z' } },
  recalls: [],
  links: [],
  withdrawn: false,
};

/** A passport of which nothing is known but that it is on record. */
export const bare: Passport = {
  ...granola,
  names: {},
  brand_name: null,
  quantity: null,
  ingredients_text: {},
  statement_complete: false,
  allergens: [],
  nutriments: [],
  labels: [],
  storage: {},
  packaging: [],
  origin: null,
  facts: {},
};

export const recall: Recall = {
  recall_id: '01993000-0000-7000-8000-000000000001',
  lots: ['L1', 'L2'],
  status: 'active',
  reason: 'Pieces of plastic.',
  instructions: 'Bring it back to the shop.',
};

/** A visitor's scan of a code with lot, serial and days. */
export const scan: Scan = {
  scan_id: '01993f3e-7b1c-7cc3-9a55-0c3b2e9f1a11',
  scanned_at: '2026-11-22T10:00:00Z',
  identifier: {
    gtin: granola.gtin,
    lot: 'L1',
    serial: 'S9',
    use_by: '2026-11-30',
    best_before: '2026-12-24',
    other: [],
  },
  passport: granola,
  recall_status: 'none',
  verdict: { status: 'not_requested' },
};

/** What the server says of a code whose check digit is wrong. */
export const invalidCode: Problem = {
  type: 'urn:packytrace:problem:invalid-code',
  title: 'This is not a valid code',
  status: 422,
  detail: 'The check digit is wrong.',
  request_id: '01993f3e-0000-7000-8000-000000000002',
  errors: [
    { pointer: '/code', detail: 'The check digit is wrong.', code: 'invalid_check_digit', position: 12 },
  ],
};

/** What the server says when it is not available. */
export const unavailable: Problem = {
  type: 'urn:packytrace:problem:unavailable',
  title: 'Not available at the moment',
  status: 503,
  detail: 'Try again in a moment.',
  request_id: '01993f3e-0000-7000-8000-000000000003',
};
