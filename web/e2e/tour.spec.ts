// A tour of every page, as a picture of its four looks: narrow and wide, light and dark. With TOUR=<folder> the
// pictures are kept there; the documentation shows them.

import type { Page } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from './fixtures';
import { publisher, someone } from './home';
import { numbers } from './numbers';
import * as pages from './pages';
import { administrator, signIn } from './people';

const looks = [
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 390 },
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
] as const;
const height = 844;

/** The four looks of the page that is open, side by side in one picture. */
async function picture(page: Page, name: string, folder: string): Promise<void> {
  const shots: string[] = [];
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height });
    const shot = await page.screenshot({ type: 'jpeg', quality: 80 });
    shots.push(`<img width="${width / 2}" src="data:image/jpeg;base64,${shot.toString('base64')}">`);
  }
  const sheet = await page.context().newPage();
  await sheet.setViewportSize({ width: 1720, height: height / 2 + 20 });
  await sheet.setContent(
    `<body style="margin:10px;display:flex;gap:10px;background:#888">${shots.join('')}</body>`,
  );
  await sheet.screenshot({
    path: path.join(folder, `${name.replaceAll(' ', '-')}.jpg`),
    type: 'jpeg',
    quality: 55,
  });
  await sheet.close();
}

async function tour(page: Page, places: Record<string, string>, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, address] of Object.entries(places)) {
    await pages.visit(page, address);
    await picture(page, name, folder);
  }
}

test.describe('a tour', () => {
  test('of what anybody sees', async ({ page }, testInfo) => {
    const { scan = '/', register = '', privacy = '' } = pages.open;
    await tour(page, { scan, register, privacy }, process.env['TOUR'] ?? testInfo.outputPath());
  });

  test('of an account', async ({ page, request }, testInfo) => {
    await signIn(page, await someone(request));
    await tour(page, pages.own, process.env['TOUR'] ?? testInfo.outputPath());
  });

  test('of a brand', async ({ page, request }, testInfo) => {
    const { product, ...person } = await publisher(request);
    await signIn(page, person);
    await numbers(page, product);
    const places = Object.entries(pages.brand).map(([name, to]) => [name, to.replace('{product}', product)]);
    await tour(
      page,
      Object.fromEntries(places) as typeof pages.brand,
      process.env['TOUR'] ?? testInfo.outputPath(),
    );
  });

  test('of administrators', async ({ page }, testInfo) => {
    await signIn(page, administrator);
    await tour(page, { admin: '/admin' }, process.env['TOUR'] ?? testInfo.outputPath());
  });
});
