// Somebody with a life: a profile, scans, food in the fridge in every state, and what became of the rest.

import { expect, type APIRequestContext } from '@playwright/test';
import { bearer, gtin, newBrand, newPerson, type Person } from './people';

/** A day from today, as the API writes it. */
export const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

type Call = (method: 'POST' | 'PUT', path: string, data?: unknown) => Promise<Record<string, string>>;

/** Calls the API as somebody; it must work. */
function as(request: APIRequestContext, headers: Record<string, string>): Call {
  return async (method, path, data) => {
    const answer = await request.fetch(path, { method, headers, ...(data === undefined ? {} : { data }) });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return answer.status() === 204 ? {} : ((await answer.json()) as Record<string, string>);
  };
}

/** Milk strictly, hazelnuts a little, no palm oil. */
const profile = {
  allergens: [
    { code: 'milk', sensitivity: 'strict' },
    { code: 'hazelnut', sensitivity: 'normal' },
  ],
  conditions: ['hypertension'],
  avoid_ingredients: ['palm oil'],
};

/** Somebody who consented, has a profile and a child's, and a fridge. */
export async function someone(request: APIRequestContext): Promise<Person> {
  const person = await newPerson(request);
  const call = as(request, await bearer(request, person));
  await call('PUT', '/api/v1/me/consents/health_profile', { granted: true, policy_version: '2026-11' });
  await call('PUT', '/api/v1/me/profile', profile);
  await call('POST', '/api/v1/me/household/profiles', { name: 'Mia', diets: ['vegetarian'] });

  const scanned = async (code: string) => {
    const { scan_id } = await call('POST', '/api/v1/scans', { code });
    return scan_id;
  };
  const pudding = await scanned(`(01)09521234543213(17)${day(20).slice(2).replaceAll('-', '')}(10)LOT-7`);
  const drink = await scanned('9521234100010');
  await call('POST', '/api/v1/fridge/items', { scan_id: pudding });
  const { item_id: opened } = await call('POST', '/api/v1/fridge/items', {
    scan_id: drink,
    expires_on: day(2),
    expires_kind: 'best_before',
  });
  await call('POST', `/api/v1/fridge/items/${opened}/open`);
  const byHand = (name: string, expires_on?: string) =>
    call('POST', '/api/v1/fridge/items/manual', {
      name,
      ...(expires_on === undefined ? {} : { expires_on, expires_kind: 'use_by' }),
    });
  await byHand('Smoked trout', day(-2));
  await byHand('Leftover soup', day(1));
  await byHand('Jam');
  const { item_id: bread } = await byHand('Bread');
  await call('POST', `/api/v1/fridge/items/${bread}/freeze`);
  const { item_id: eaten } = await byHand('Yoghurt');
  await call('POST', `/api/v1/fridge/items/${eaten}/consume`, {});
  const { item_id: thrown } = await byHand('Salad');
  await call('POST', `/api/v1/fridge/items/${thrown}/discard`, { reason: 'spoiled' });
  return person;
}

/** A user of a Brand with products, one of them recalled in part. */
export async function publisher(request: APIRequestContext): Promise<Person & { product: string }> {
  const brand = await newBrand(request);
  const call = as(request, await bearer(request, brand));
  const product = gtin(brand.prefix, 1);
  await call('PUT', `/api/v1/brand/products/${product}`, {
    gtin: product,
    names: { en: 'Oat drink', de: 'Haferdrink' },
    brand_name: 'Nordfeld',
    category: 'en:oat-based-drinks',
    quantity: { value: 1, unit: 'l' },
    ingredients_text: { en: 'Water, OATS 11 %, salt.' },
    statement_complete: true,
    allergens: [{ code: 'oats', presence: 'contains' }],
    nutriments: [{ nutrient: 'fat', value: 120, unit: 'g', basis: '100ml' }],
  });
  await call('PUT', `/api/v1/brand/products/${gtin(brand.prefix, 2)}`, {
    gtin: gtin(brand.prefix, 2),
    names: { en: 'Barley biscuits' },
  });
  await call('POST', '/api/v1/brand/recalls', {
    gtin: product,
    lots: ['L1'],
    reason: 'Pieces of glass were found.',
    instructions: 'Bring it back to where you bought it.',
  });
  return { ...brand, product };
}
