import type { Page } from '@playwright/test';
import { expect, test, violations } from './fixtures';
import { publisher, someone } from './home';
import * as pages from './pages';
import { administrator, newPerson, signIn } from './people';

/** Pages that ask the API for something before they show anything. */
const asking = {
  ...pages.own,
  passport: '/p/09521234100010',
  brand: '/brand',
  recalls: '/brand/recalls',
  numbers: '/brand/metrics',
  admin: '/admin',
};

/** What axe finds on each of some pages, by the page. */
async function found(page: Page, addresses: Record<string, string>, look = pages.visit) {
  const all: Record<string, string[]> = {};
  for (const [name, address] of Object.entries(addresses)) {
    await look(page, address);
    const here = await violations(page);
    if (here.length > 0) all[name] = here;
  }
  return all;
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test.describe(`${colorScheme}, ${width} wide`, () => {
      test.beforeEach(async ({ page }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 844 });
      });

      test('axe finds nothing on the pages of anybody', async ({ page }) => {
        expect(await found(page, { ...pages.open, history: '/history', fridge: '/fridge' })).toEqual({});
      });

      test('axe finds nothing on the pages of an account', async ({ page, request }) => {
        await signIn(page, await someone(request));
        expect(await found(page, pages.own)).toEqual({});
      });

      test('axe finds nothing on the pages of a brand', async ({ page, request }) => {
        const { product, ...person } = await publisher(request);
        await signIn(page, person);
        const addresses = Object.entries(pages.brand).map(([name, to]) => [
          name,
          to.replace('{product}', product),
        ]);
        expect(await found(page, Object.fromEntries(addresses) as typeof pages.brand)).toEqual({});
      });

      test('axe finds nothing on the page of administrators', async ({ page }) => {
        await signIn(page, administrator);
        expect(await found(page, { admin: '/admin' })).toEqual({});
      });
    });
  }
}

test('axe finds nothing where there is nothing yet, or nothing is allowed', async ({ page, request }) => {
  await signIn(page, await newPerson(request));
  expect(await found(page, { ...pages.own, ...pages.brand, admin: '/admin' })).toEqual({});
});

test('axe finds nothing where nobody answers, and there is a way out', async ({ page, request }) => {
  const person = await newPerson(request);
  await signIn(page, person);
  await page.route('**/api/v1/**', (route) => route.fulfill({ status: 503 }));
  const failed = async (page: Page, address: string) => {
    await pages.visit(page, address);
    await expect(page.getByRole('button', { name: 'Try again' }).first()).toBeVisible();
  };
  expect(await found(page, asking, failed)).toEqual({});
});

test('axe finds nothing while answers are awaited', async ({ page, request }) => {
  await signIn(page, await newPerson(request));
  await page.route('**/api/v1/**', () => undefined); // never answered
  const loading = async (page: Page, address: string) => {
    await page.goto(address);
    await expect(page.locator('.skeleton').first()).toBeVisible();
  };
  expect(await found(page, asking, loading)).toEqual({});
});

test('axe finds nothing where the verdict is unavailable', async ({ page, request }) => {
  await signIn(page, await someone(request));
  await page.route('**/api/v1/me/verdicts/**', (route) => route.fulfill({ status: 503 }));
  await pages.visit(page, '/p/09521234543213');
  await expect(page.getByText('Verdict unavailable right now')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('axe finds nothing: a code that was refused', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill('9520123456789');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The check digit is wrong')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('nothing is cut off where the screen is narrow', async ({ page, request }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await signIn(page, await someone(request));
  for (const address of [...Object.values(pages.open), ...Object.values(pages.own)]) {
    await pages.visit(page, address);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBe(320);
  }
});

test('the page may be turned around for languages that run from right to left', async ({ page, product }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/p/${product.gtin}?10=L1`);
  await page.getByRole('region', { name: 'Allergens' }).waitFor();
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
