// What a brand does, and what reaches the people who have its products.

import { expect, test } from './fixtures';
import { numbers } from './numbers';
import { bearer, gtin, newBrand, newPerson, signIn } from './people';

test('a table with two bad rows is imported, a lot recalled, and the fridge of its eater shows it', async ({
  page,
  request,
  browser,
}) => {
  const brand = await newBrand(request);
  const [first, second] = [gtin(brand.prefix, 1), gtin(brand.prefix, 2)];
  const table = [
    'gtin,names.en,brand_name',
    `${first},Oat drink,Nordfeld`,
    '9521234543214,Wrong check digit,Nordfeld',
    `${second},Barley biscuits,Nordfeld`,
    '4006381333931,Of somebody else,Nordfeld',
  ].join('\r\n');

  await signIn(page, brand, '/brand/import');
  await page
    .getByLabel('The file')
    .setInputFiles({ name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await page.getByRole('button', { name: 'Import it' }).click();
  await expect(page.getByText('2 rows were refused')).toBeVisible({ timeout: 60_000 });
  const refused = page.getByRole('table', { name: 'Rows that were refused' });
  await expect(refused.getByRole('rowheader')).toHaveText(['3', '5']);
  await page.getByRole('link', { name: 'Back to your brand' }).click();
  await expect(page.getByRole('link', { name: /Oat drink/ })).toBeVisible();
  await expect(page.getByRole('link', { name: /Barley biscuits/ })).toBeVisible();

  // Somebody has a pack of the lot in the fridge.
  const eater = await newPerson(request);
  const headers = await bearer(request, eater);
  const scan = await request.post('/api/v1/scans', { headers, data: { code: `(01)${first}(10)L1` } });
  const { scan_id } = (await scan.json()) as { scan_id: string };
  expect((await request.post('/api/v1/fridge/items', { headers, data: { scan_id } })).status()).toBe(201);

  await page.goto('/brand/recalls');
  await page.getByLabel('Number of the product (GTIN)').fill(first);
  await page.getByLabel('Lots').fill('L1, L2');
  await page.getByLabel('What is wrong').fill('Pieces of glass were found.');
  await page.getByLabel('What people should do').fill('Bring it back.');
  await page.getByRole('button', { name: 'Publish the recall' }).click();
  await expect(page.getByText('The recall is published.')).toBeVisible();

  const kitchen = await browser.newPage();
  await signIn(kitchen, eater, '/fridge');
  await expect(async () => {
    await kitchen.reload(); // it comes by Kafka
    await expect(kitchen.getByText('Recalled: do not eat it')).toBeVisible();
  }).toPass({ timeout: 90_000 });
  await expect(kitchen.getByText('Pieces of glass were found.')).toBeVisible();
  await kitchen.close();
});

test('numbers are drawn with intervals and gaps, and their tables say what the API answers', async ({
  page,
  request,
}) => {
  const brand = await newBrand(request);
  await signIn(page, brand);
  const { items, totals } = await numbers(page, gtin(brand.prefix, 1));
  await page.goto('/brand/metrics');
  for (const [metric, words] of [
    ['scanned', 'Scanned'],
    ['consumed', 'Eaten'],
  ] as const) {
    const ofIt = items.filter((one) => one.metric === metric).toReversed();
    const published = ofIt.filter((one) => one.status === 'published');
    const card = page.getByRole('region', { name: `${words} · ${gtin(brand.prefix, 1)}` });
    await expect(card.locator('circle')).toHaveCount(published.length);
    await expect(card.locator('path.interval')).toHaveCount(published.length);
    await expect(card.locator('path.gap')).toHaveCount(ofIt.length - published.length);
    await card.getByText('As a table').click();
    await expect(card.getByRole('cell')).toHaveText(
      ofIt.map((one) =>
        one.status === 'published'
          ? `${one.value} (${one.ci_low}–${one.ci_high})`
          : 'not shown: too few people',
      ),
    );
  }
  const sums = totals.map(({ value, ci_low, ci_high }) =>
    [value, ci_low, ci_high].map((one) => one.toLocaleString('en-GB')),
  );
  const table = page.getByRole('region', { name: 'Totals' });
  for (const [value, low, high] of sums) await expect(table).toContainText(`${value} (${low}–${high})`);
});

test('without published numbers the page says so, of the real API', async ({ page, request }) => {
  await signIn(page, await newBrand(request), '/brand/metrics');
  await expect(page.getByText('No numbers are published for these days.')).toBeVisible();
});

test('who belongs to no brand is told so', async ({ page, request }) => {
  await signIn(page, await newPerson(request), '/brand');
  await expect(page.getByText('Your account belongs to no brand')).toBeVisible();
});
