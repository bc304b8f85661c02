// Without a network: what was seen opens, what was done waits, and a verdict comes from the device.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { someone } from './home';
import { signIn } from './people';

/** Opens the pages once, as a first visit, and waits until the app is kept. */
async function visitOnce(page: Page): Promise<void> {
  await page.goto('/history');
  await expect(page.getByRole('link', { name: /pudding/ })).toBeVisible();
  await page.goto('/fridge');
  await expect(page.getByRole('button', { name: 'Eaten: Leftover soup' })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  // Everything that was asked for beside is kept, too.
  await page.waitForLoadState('networkidle');
}

test('after a first visit history and fridge open without a network', async ({ page, request, context }) => {
  await signIn(page, await someone(request));
  await visitOnce(page);
  await context.setOffline(true);
  await page.goto('/history');
  await expect(page.getByText('You are offline: this is what your device kept.')).toBeVisible();
  await expect(page.getByRole('link', { name: /pudding/ })).toBeVisible();
  await page.getByRole('link', { name: 'Fridge' }).click();
  await expect(page.getByRole('button', { name: 'Eaten: Leftover soup' })).toBeVisible();
});

test('a verdict without a network names the rules that it is made with', async ({
  page,
  request,
  context,
}) => {
  await signIn(page, await someone(request));
  await visitOnce(page);
  await page.goto('/p/09521234543213');
  const verdict = page.getByText(/Made with the rule set/);
  await expect(verdict).toBeVisible();
  const online = await verdict.textContent();
  const reasons = await page.locator('main').getByRole('listitem').allTextContents();
  await page.waitForLoadState('networkidle');

  await context.setOffline(true);
  await page.reload();
  await expect(verdict).toHaveText(online ?? '');
  await expect(page.getByText('Worked out on this device')).toBeVisible();
  expect(await page.locator('main').getByRole('listitem').allTextContents()).toEqual(reasons);
});

test('what was eaten without a network is sent once, also after the page crashed', async ({
  page,
  request,
  context,
}) => {
  await signIn(page, await someone(request));
  await visitOnce(page);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Eaten: Leftover soup' }).click();
  await expect(page.getByText('1 change waits for the network.')).toBeVisible();
  await page.goto('chrome://crash').catch(() => undefined);
  await page.close();

  const after = await context.newPage();
  const sent: string[] = [];
  after.on('request', (one) => {
    if (one.url().endsWith('/consume')) sent.push(one.headers()['idempotency-key'] ?? '');
  });
  await after.goto('/fridge');
  await expect(after.getByText('1 change waits for the network.')).toBeVisible();
  await context.setOffline(false);
  await after.reload();
  await expect(after.getByRole('button', { name: 'Eaten: Jam' })).toBeVisible();
  await expect(after.getByRole('button', { name: 'Eaten: Leftover soup' })).toHaveCount(0);
  await expect(after.getByText('waits for the network')).toHaveCount(0);
  expect(new Set(sent).size).toBe(1);
  await after.goto('/fridge/waste');
  await after.close();
});
