import { test as base, expect, type Page } from '@playwright/test';
import axe from 'axe-core';
import type { ProductPage } from '../src/api/generated/passport/types.gen';

/** A product of the catalogue as the search answers it. */
type Product = ProductPage['items'][number];

interface Fixtures {
  /** A product of the demo catalogue. */
  product: Product;
  /** Fails the test when a page asks another site for something, or the policy refused something. */
  isolation: void;
}

export const test = base.extend<Fixtures>({
  product: async ({ request }, use) => {
    // 952 is GS1's prefix for demonstrations: all of our demo catalogue.
    const answer = await request.get('/api/v1/products?q=952&limit=1');
    expect(answer.ok()).toBe(true);
    const { items } = (await answer.json()) as ProductPage;
    const [product] = items;
    if (!product) throw new Error('the demo catalogue is empty');
    await use(product);
  },

  isolation: [
    async ({ page, baseURL }, use) => {
      const breaches: string[] = [];
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== new URL(baseURL ?? '').origin) breaches.push(request.url());
      });
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) breaches.push(message.text());
      });
      page.on('pageerror', (error) => breaches.push(error.message));
      await use();
      expect(breaches).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';

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
