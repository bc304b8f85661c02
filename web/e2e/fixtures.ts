import { test as base, expect, type Page } from '@playwright/test';
import axe from 'axe-core';
import { film, type Symbol } from './film';
import type { ProductPage } from '../src/api/generated/passport/types.gen';

/** A product of the catalogue as the search answers it. */
type Product = ProductPage['items'][number];

interface Fixtures {
  /** A product of the demo catalogue. */
  product: Product;
  /** A page in a browser whose camera sees this symbol. */
  filming: (symbol: Symbol) => Promise<Page>;
  /** Fails the test when a page asks another site for something, or the policy refused something. */
  isolation: void;
}

export const test = base.extend<Fixtures>({
  product: async ({ request }, use) => {
    // The pudding of the demo catalogue: oats, hazelnuts, and traces of milk.
    const answer = await request.get('/api/v1/products?q=09521234543213&limit=1');
    expect(answer.ok()).toBe(true);
    const { items } = (await answer.json()) as ProductPage;
    const [product] = items;
    if (!product) throw new Error('the demo catalogue is empty');
    await use(product);
  },

  filming: async ({ playwright, launchOptions, baseURL, locale, timezoneId }, use, testInfo) => {
    const open: { close: () => Promise<void> }[] = [];
    const breaches: string[] = [];
    await use(async (symbol) => {
      const path = testInfo.outputPath('code.y4m');
      await film(path, symbol);
      const browser = await playwright.chromium.launch({
        ...launchOptions,
        args: [
          ...(launchOptions.args ?? []),
          '--use-fake-ui-for-media-stream',
          '--use-fake-device-for-media-stream',
          `--use-file-for-fake-video-capture=${path}`,
        ],
      });
      open.push(browser);
      const page = await browser.newPage({ baseURL, locale, timezoneId });
      watch(page, breaches, baseURL);
      return page;
    });
    for (const browser of open) await browser.close();
    expect(breaches).toEqual([]);
  },

  isolation: [
    async ({ context, baseURL }, use) => {
      const breaches: string[] = [];
      context.on('page', (page) => watch(page, breaches, baseURL));
      await use();
      expect(breaches).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';

/** Notes what a page asks of other sites, what its policy refused, and what it failed at. */
function watch(page: Page, breaches: string[], baseURL: string | undefined): void {
  const own = new URL(baseURL ?? '').origin;
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== own && protocol !== 'data:' && protocol !== 'blob:') breaches.push(request.url());
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) breaches.push(message.text());
  });
  page.on('pageerror', (error) => breaches.push(error.message));
}

/** What axe finds wrong with the page, by rule and element. */
export async function violations(page: Page): Promise<string[]> {
  // Not as a script tag: the page's own policy would refuse it.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
