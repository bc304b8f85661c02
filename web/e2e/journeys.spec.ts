// The ways of people through the running product, from the first scan to the last erasure.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test, violations } from './fixtures';
import { atKeycloak, newEmail, password } from './people';

/** Makes an account of its own and signs in through the real Keycloak. */
async function signUp(page: Page): Promise<void> {
  const person = { email: newEmail(), password };
  await page.goto('/register');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByRole('button', { name: 'Sign in now' }).click();
  await atKeycloak(page, person);
  await expect(page).toHaveURL(/\/profile$/);
}

test('who registers here has the time zone of the device', async ({ page }) => {
  await signUp(page);
  await page.goto('/account');
  await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
});

test('a profile is asked for with consent, and a scan has a verdict with reasons', async ({
  page,
  product,
}) => {
  await signUp(page);
  await page.getByRole('button', { name: 'Yes, keep my profile' }).click();
  await page.getByRole('checkbox', { name: 'Milk', exact: true }).check();
  await page.getByRole('button', { name: 'Keep the profile' }).click();
  await expect(page.getByText('Kept.')).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.goto('/');
  await page.getByLabel('Code on the pack').fill(product.gtin);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Made with the rule set/)).toBeVisible();
  await expect(page.getByText(/Milk \(Safety\)/)).toBeVisible();
});

test('from the scan to the fridge and out of it, by the keyboard alone', async ({ page, product }) => {
  await signUp(page);
  await page.goto('/');
  await page.getByLabel('Code on the pack').focus();
  await page.keyboard.insertText(`01${product.gtin}10L1\u001d17391130`);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Put it into the fridge' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Open the fridge' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('use by 30 November 2039')).toBeVisible();
  await page.getByRole('button', { name: /^Eaten: / }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
});

test('without a network the fridge opens, and what was eaten is sent once', async ({
  page,
  product,
  context,
}) => {
  await signUp(page);
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill(product.gtin);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Put it into the fridge' }).click();
  await page.getByRole('link', { name: 'Open the fridge' }).click();
  await expect(page.getByRole('button', { name: /^Eaten: / })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);

  await context.setOffline(true);
  await page.getByRole('button', { name: /^Eaten: / }).click();
  await expect(page.getByText('1 change waits for the network.')).toBeVisible();
  await page.reload(); // as after a crash
  await expect(page.getByText('You are offline: this is what your device kept.')).toBeVisible();

  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/consume')) sent.push(request.headers()['idempotency-key'] ?? '');
  });
  await context.setOffline(false);
  await page.reload();
  await expect(page.getByText('Your fridge is empty here')).toBeVisible();
  expect(new Set(sent).size).toBe(1);
});

test('everything is exported, then erased everywhere', async ({ page }) => {
  await signUp(page);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Gather my data' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the file' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(JSON.parse(file)).toHaveProperty('parts');

  await page.getByLabel('I understand that this cannot be undone.').check();
  await page.getByRole('button', { name: 'Erase my account and all my data' }).click();
  await expect(page.getByText('Everything is erased')).toBeVisible({ timeout: 30_000 });
});

test('after signing out the device shows nothing of the person', async ({ page, product }) => {
  await signUp(page);
  await page.goto('/');
  await page.getByLabel('Code on the pack').fill(product.gtin);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Allergens' })).toBeVisible();
  await page.goto('/account');
  const told = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/visitor/sign-out'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  expect((await told).status()).toBe(204);
  const ways = page.getByRole('navigation', { name: 'Pages' });
  await expect(ways.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.goto('/history');
  await expect(page.getByText('You have not scanned anything yet.')).toBeVisible();
});
