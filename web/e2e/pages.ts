// Every page of the app, by who may see it.

import type { Page } from '@playwright/test';
import { expect } from './fixtures';

const pudding = '09521234543213';

/** Pages that anybody sees. */
export const open: Record<string, string> = {
  scan: '/',
  passport: `/p/${pudding}?10=L1&17=391130`,
  'passport past its use-by date': `/p/${pudding}?17=200101`,
  'unknown product': '/p/09529999999993',
  'no product number': '/p/123',
  privacy: '/privacy',
  'sign in': '/sign-in',
  register: '/register',
  'no such page': '/nowhere',
};

/** Pages of an account. */
export const own: Record<string, string> = {
  passport: `/p/${pudding}`,
  history: '/history',
  fridge: '/fridge',
  waste: '/fridge/waste',
  sharing: '/fridge/sharing',
  profile: '/profile',
  account: '/account',
};

/** Pages of a Brand's users; `{product}` is one of its products. */
export const brand: Record<string, string> = {
  brand: '/brand',
  'brand product': '/brand/products/{product}',
  import: '/brand/import',
  recalls: '/brand/recalls',
  numbers: '/brand/metrics',
};

/** Opens a page and waits until it shows what it asked for. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await ready(page);
}

/** Waits until nothing is being asked for any more. */
export async function ready(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(/…$/);
  await expect(page.locator('.skeleton')).toHaveCount(0);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}
