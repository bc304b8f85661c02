import { expect, test } from 'vitest';
import type { MetricItem } from '../../api/types';
import { changeOf, seriesOf } from './series';

const gtin = '09520123456788';
const item = (day: string, value?: number): MetricItem => ({
  gtin,
  metric: 'scanned',
  window: { start: `${day}T00:00:00Z`, end: `${day}T24:00:00Z` },
  ...(value === undefined
    ? { status: 'suppressed' }
    : { status: 'published', value, ci_low: value - 6, ci_high: value + 6 }),
});

test('a series runs forward in time, and what is not shown is a gap', () => {
  const [series] = seriesOf([item('2026-11-03', 60), item('2026-11-02'), item('2026-11-01', 57)]);
  expect(series?.points.map(({ value }) => value)).toEqual([57, undefined, 60]);
  expect(series?.points[0]).toMatchObject({ low: 51, high: 63 });
});

test('each product and metric is a series of its own', () => {
  const other = { ...item('2026-11-01', 50), metric: 'added' as const };
  expect(seriesOf([item('2026-11-01', 57), other]).map(({ metric }) => metric)).toEqual(['added', 'scanned']);
});

test('a change is told only where it exceeds the noise', () => {
  const points = (...values: number[]) =>
    values.map((value) => ({ start: '', end: '', value, low: value - 6, high: value + 6 }));
  expect(changeOf(points(57, 60))).toBeUndefined();
  expect(changeOf(points(57, 90))).toBe(33);
  expect(changeOf(points(90, 57))).toBe(-33);
  expect(changeOf(points(57))).toBeUndefined();
});
