// Numbers of a brand, as the API may answer them: what is published takes dozens of people and two days.

import type { Page } from '@playwright/test';
import type { MetricItem, MetricsPage, MetricTotal } from '../src/api/generated/brand-analytics/types.gen';

const days = 21;
/** Days on which too few people did something. */
const gaps = [3, 4, 11];

/** Answers the numbers of one product from an answer of the contract's shape, and says which it is. */
export async function numbers(page: Page, gtin: string): Promise<MetricsPage> {
  const answer = pageOf(gtin);
  await page.route('**/api/v1/brand/metrics?**', (route) => route.fulfill({ json: answer }));
  return answer;
}

function pageOf(gtin: string): MetricsPage {
  const items = (['scanned', 'consumed'] as const).flatMap((metric, nth) =>
    Array.from({ length: days }, (_, day) => item(gtin, metric, day, 60 + 20 * nth + 4 * day)),
  );
  const totals = (['scanned', 'consumed'] as const).map((metric): MetricTotal => {
    const shown = items.filter((one) => one.metric === metric && one.status === 'published');
    const value = shown.reduce((sum, one) => sum + (one.value ?? 0), 0);
    return {
      gtin,
      metric,
      value,
      ci_low: value - 27,
      ci_high: value + 27,
      windows_published: shown.length,
      windows: days,
    };
  });
  return { items: items.toReversed(), totals, next_cursor: null };
}

function item(gtin: string, metric: MetricItem['metric'], day: number, value: number): MetricItem {
  const start = new Date(Date.UTC(2026, 9, 1 + day)).toISOString().replace('.000', '');
  const end = new Date(Date.UTC(2026, 9, 2 + day)).toISOString().replace('.000', '');
  const base = { gtin, metric, window: { start, end } };
  if (gaps.includes(day)) return { ...base, status: 'suppressed' };
  return { ...base, status: 'published', value, ci_low: value - 6, ci_high: value + 6 };
}
