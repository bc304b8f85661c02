// What the camera reads: a film of a code is played to Chromium, and the API gets what the code says.

import type { Page, Response } from '@playwright/test';
import { photo, type Symbol } from './film';
import { expect, test } from './fixtures';
import { bearer, newPerson, signIn } from './people';

const gtin = '09521234543213';
const lotAndDate = { gtin, lot: 'L1', use_by: '2039-11-30' };

/** The lot comes before the date: where it ends is told by FNC1 alone. */
const elements = `(01)${gtin}(10)L1(17)391130`;
const link = `https://id.gs1.org/01/${gtin}/10/L1?17=391130`;

const symbols: Record<string, { symbol: Symbol; symbology: string; identifier: object }> = {
  'EAN-13': {
    symbol: { text: gtin.slice(1), format: 'EAN13' },
    symbology: ']E0',
    identifier: { gtin },
  },
  'UPC-A': {
    symbol: { text: '012345678905', format: 'UPCA' },
    symbology: ']E0',
    identifier: { gtin: '00012345678905' },
  },
  'a QR code with a Digital Link': {
    symbol: { text: link, format: 'QRCode' },
    symbology: ']Q1',
    identifier: lotAndDate,
  },
  'a GS1 QR code': {
    symbol: { text: elements, format: 'QRCode', options: 'gs1' },
    symbology: ']Q3',
    identifier: lotAndDate,
  },
  'a GS1 DataMatrix': {
    symbol: { text: elements, format: 'DataMatrix', options: 'gs1' },
    symbology: ']d2',
    identifier: lotAndDate,
  },
  'GS1-128': {
    symbol: { text: elements, format: 'Code128', options: 'gs1' },
    symbology: ']C1',
    identifier: lotAndDate,
  },
};

/** A white picture. */
const blank = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';

/** What the next scan is answered. */
function scanOf(page: Page): Promise<Response> {
  return page.waitForResponse(
    (answer) => answer.url().endsWith('/api/v1/scans') && answer.request().method() === 'POST',
  );
}

/** Shows the film to the camera: what the scan was answered. */
async function scan(page: Page): Promise<Response> {
  const scanned = scanOf(page);
  await page.getByRole('button', { name: 'Scan with the camera' }).click();
  return scanned;
}

for (const [name, { symbol, symbology, identifier }] of Object.entries(symbols)) {
  test(`the camera reads ${name}`, async ({ filming }) => {
    const page = await filming(symbol);
    await page.goto('/');
    const answer = await scan(page);
    expect(answer.request().postDataJSON()).toMatchObject({ symbology });
    expect(answer.status()).toBe(201);
    expect(await answer.json()).toMatchObject({ identifier });
    await expect(page).toHaveURL(/\/p\/[0-9]{14}\?scan=/);
  });
}

test('from the film of a code to the verdict, into the fridge with its date, and eaten', async ({
  filming,
  request,
}) => {
  const person = await newPerson(request);
  const headers = await bearer(request, person);
  const consent = { granted: true, policy_version: '2026-11' };
  await request.put('/api/v1/me/consents/health_profile', { headers, data: consent });
  const milk = { allergens: [{ code: 'milk', sensitivity: 'strict' }] };
  expect((await request.put('/api/v1/me/profile', { headers, data: milk })).ok()).toBe(true);

  const page = await filming({ text: link, format: 'QRCode' });
  await signIn(page, person);
  await scan(page);
  await expect(page.getByText('Avoid it', { exact: true })).toBeVisible();
  await expect(page.getByText('Milk (Safety)')).toBeVisible();
  await expect(page.getByText('May contain traces of Milk.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Read from the code' })).toContainText('30 November 2039');

  await page.getByRole('button', { name: 'Put it into the fridge' }).click();
  await page.getByRole('link', { name: 'Open the fridge' }).click();
  await expect(page.getByText('use by 30 November 2039')).toBeVisible();
  await page.getByRole('button', { name: /^Eaten: / }).click();
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(page.getByText('Your fridge is empty here')).toBeVisible();
});

test('without a camera a photo of the code is read', async ({ page }) => {
  await page.goto('/');
  const scanned = scanOf(page);
  const buffer = await photo({ text: elements, format: 'DataMatrix', options: 'gs1' });
  await page.getByLabel('Read a photo').setInputFiles({ name: 'pack.png', mimeType: 'image/png', buffer });
  expect(await (await scanned).json()).toMatchObject({ identifier: lotAndDate });
  await expect(page.getByRole('region', { name: 'Read from the code' })).toContainText('L1');
});

test('a photo without a code is said to have none', async ({ page }) => {
  await page.goto('/');
  const buffer = Buffer.from(blank, 'base64');
  await page.getByLabel('Read a photo').setInputFiles({ name: 'wall.png', mimeType: 'image/png', buffer });
  await expect(page.getByText('There is no code in this photo that we can read.')).toBeVisible();
});
