import { expect, test, violations } from './fixtures';

const pages = {
  start: () => '/',
  passport: (gtin: string) => `/p/${gtin}?10=L1&17=391130`,
  'past its use-by date': (gtin: string) => `/p/${gtin}?17=200101`,
  'unknown product': () => '/p/09529999999993',
  'no product number': () => '/p/123',
  'no such page': () => '/nowhere',
};

for (const [name, address] of Object.entries(pages)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      test(`axe finds nothing: ${name}, ${colorScheme}, ${width} wide`, async ({ page, product }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 844 });
        await page.goto(address(product.gtin));
        await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(/…$/);
        expect(await violations(page)).toEqual([]);
      });
    }
  }
}

test('axe finds nothing: a code that was refused', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill('9520123456789');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The check digit is wrong')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('nothing is cut off where the screen is narrow', async ({ page, product }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const address of Object.values(pages)) {
    await page.goto(address(product.gtin));
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(/…$/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  }
});

test('the page may be turned around for languages that run from right to left', async ({ page, product }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/p/${product.gtin}?10=L1`);
  await page.getByRole('region', { name: 'Allergens' }).waitFor();
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
