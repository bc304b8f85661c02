import type { FridgeItem, WasteGroup } from '../api/types';
import { granola, recall, scan } from './fixtures';

const now = '2026-11-22T10:00:00Z';
const answer =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);
const page = <T>(...items: T[]) => answer({ items, next_cursor: null });

/** Milk whose use-by day is over. */
export const milk: FridgeItem = {
  item_id: '01993f3e-0000-7000-8000-00000000000a',
  name: 'Milk',
  quantity: { value: 1, unit: 'l' },
  expires_on: '2026-11-20',
  expires_kind: 'use_by',
  state: 'past_use_by',
  recall_status: 'none',
  recalls: [],
  added_at: now,
  last_event_id: '01993f3e-0000-7000-8000-00000000000b',
};

const waste: WasteGroup = {
  consumed: { items: 5 },
  discarded: { items: 2, mass_g: 300 },
  waste_rate: 0.28,
  merely_past_best_before: { items: 1 },
  by_reason: {},
  money: { EUR: 3.5 },
  co2e_kg: 1.2,
};

const brand = {
  brand_id: '01993f3e-0000-7000-8000-00000000000c',
  name: 'Morgenrot',
  gs1_company_prefixes: ['9520'],
  trusted: true,
  measured: true,
  window: 'P1D',
  window_from: '2026-11-01',
  role: 'owner',
} as const;

const brandOfApi = { ...brand, gs1_company_prefixes: [...brand.gs1_company_prefixes] };

/** What an API may answer, one of each. */
export const samples = {
  none: page<never>(),
  scans: page(scan),
  fridge: page(milk),
  waste: answer({
    from: '2026-06-01',
    to: '2026-11-22',
    total: waste,
    months: [{ ...waste, month: '2026-11' }],
    categories: [],
    most_wasted: [{ name: 'Milk', discarded: { items: 2 } }],
    co2e_factor: { kg_per_kg: 2.5, source: 'a study' },
  }),
  household: answer({ role: 'owner' as const, members: [], invitations: [] }),
  me: answer({
    account_id: '7b0c1f5e-0000-4000-8000-000000000001',
    display_name: 'Ada',
    language: 'en',
    time_zone: 'Europe/Berlin',
    units: 'metric' as const,
    created_at: now,
  }),
  consents: page({ purpose: 'health_profile' as const, granted: true, policy_version: '1', changed_at: now }),
  profile: answer({
    profile_id: '01993f3e-0000-7000-8000-00000000000d',
    version: 1,
    updated_at: now,
    allergens: [],
    diets: [],
    conditions: [],
    nutrient_limits: [],
    avoid_ingredients: [],
  }),
  brand: answer(brandOfApi),
  brands: page(brandOfApi),
  brandProducts: page({ ...granola, warnings: [] }),
  recalls: page({ ...recall, gtin: granola.gtin, opened_at: now }),
  metrics: answer({
    items: [
      {
        gtin: granola.gtin,
        metric: 'scanned' as const,
        window: { start: '2026-11-18T00:00:00Z', end: '2026-11-19T00:00:00Z' },
        status: 'suppressed' as const,
      },
    ],
    totals: [
      {
        gtin: granola.gtin,
        metric: 'scanned' as const,
        value: 0,
        ci_low: 0,
        ci_high: 0,
        windows_published: 0,
        windows: 1,
      },
    ],
    next_cursor: null,
  }),
  erasure: answer({
    erasure_id: '01993f3e-0000-7000-8000-00000000000e',
    state: 'completed' as const,
    requested_at: now,
    completed_at: now,
    confirmations: [{ service: 'fridge', completed_at: now }],
  }),
};
