import { expect, test } from './fixtures';
import { someone } from './home';
import { signIn } from './people';

/** A valid number that nobody has: the last of GS1's demonstration prefix. */
const unknown = '09529999999993';

test('a typed code leads to the passport of its product', async ({ page, product }) => {
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill(product.gtin);
  await page.getByRole('button', { name: 'Show the passport' }).click();

  await expect(page).toHaveURL(new RegExp(`/p/${product.gtin}\\?scan=[0-9a-f-]{36}$`));
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(product.names['en'] ?? /./);
  await expect(heading).toBeFocused();
  await expect(page.getByRole('region', { name: 'Allergens' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Nutrition' })).toBeVisible();
  await expect(page.getByText('Sign in and make a profile to see whether it suits you.')).toBeVisible();
});

test('the keyboard alone suffices', async ({ page, product }) => {
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  for (const next of [
    page.getByRole('button', { name: 'Scan with the camera' }),
    page.getByLabel('Read a photo'),
    page.getByLabel('Code on the pack'),
  ]) {
    await page.keyboard.press('Tab');
    await expect(next).toBeFocused();
  }
  await page.keyboard.type(product.gtin);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/p/${product.gtin}`));
});

test('an element string tells lot, serial and dates, also after a reload', async ({ page, product }) => {
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill(`(01)${product.gtin}(17)391130(15)391224(10)L1(21)S9`);
  await page.keyboard.press('Enter');

  const pack = page.getByRole('region', { name: 'Read from the code' });
  const facts = ['30 November 2039', '24 December 2039', 'L1', 'S9'];
  await expect(pack.getByRole('definition')).toHaveText(facts);
  await page.reload();
  await expect(pack.getByRole('definition')).toHaveText(facts);
});

test('a pasted element string keeps its FNC1', async ({ page, product }) => {
  await page.goto('/');
  await page.getByLabel('Code on the pack').focus();
  await page.keyboard.insertText(`01${product.gtin}10L1\u001d17391130`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Read from the code' })).toContainText('30 November 2039');
});

test('the code of a pack, opened by a phone’s camera, lands on the passport', async ({ page, product }) => {
  await page.goto(`/01/${product.gtin}/10/L1?17=391130`);
  await expect(page).toHaveURL(new RegExp(`/p/${product.gtin}\\?`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(product.names['en'] ?? /./);
  const pack = page.getByRole('region', { name: 'Read from the code' });
  await expect(pack.getByRole('definition')).toHaveText(['30 November 2039', 'L1']);
});

test('a wrong check digit is said at the field', async ({ page, product }) => {
  const wrong = product.gtin.slice(0, 13) + ((Number(product.gtin[13]) + 1) % 10);
  await page.goto('/');
  const field = page.getByLabel('Code on the pack');
  await field.fill(wrong);
  await page.keyboard.press('Enter');
  await expect(page.getByText('The check digit is wrong')).toBeVisible();
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
});

test('a product that nobody has told us about is said to be unknown', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill(unknown);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('We don’t know this product yet');
  await expect(page.getByText('Your scan was counted')).toBeVisible();
});

test('the back button leads back', async ({ page, product }) => {
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill(product.gtin);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Allergens' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What’s in the pack?');
});

test('the page speaks German to who asks for it', async ({ page, product }) => {
  await page.goto(`/p/${product.gtin}`);
  await page.getByLabel('Language').selectOption('Deutsch');
  await expect(page.getByRole('region', { name: 'Allergene' })).toBeVisible();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
});

test('the policy of the page allows nothing inline', async ({ page }) => {
  const answer = await page.goto('/');
  const policy = (await answer?.headerValue('content-security-policy')) ?? '';
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe-inline');
});

test('few requests come one after the other before the verdict is asked for, and little script', async ({
  page,
  request,
}) => {
  await signIn(page, await someone(request));
  // Without the service worker, which keeps the app: as on a first visit.
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  await client.send('Network.setCacheDisabled', { cacheDisabled: true });
  const scripts: Promise<number>[] = [];
  const asked: string[] = [];
  page.on('request', (one) => {
    if (one.resourceType() === 'fetch' && one.redirectedFrom() === null)
      asked.push(new URL(one.url()).pathname);
  });
  page.on('requestfinished', (one) => {
    if (one.resourceType() === 'script')
      scripts.push(one.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto('/p/09521234543213');
  await expect(page.getByText(/Made with the rule set/)).toBeVisible();

  // Who sits here, and a token; the product comes beside them.
  const before = asked.slice(0, asked.indexOf('/api/v1/me/verdicts/09521234543213'));
  const login = '/auth/realms/packytrace/protocol/openid-connect';
  expect(before.filter((path) => !path.startsWith('/api/v1/products/'))).toEqual([
    `${login}/auth`,
    `${login}/token`,
  ]);
  const bytes = (await Promise.all(scripts)).reduce((sum, one) => sum + one, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(60_000);
});
