/** Metrics as series in time: one for each product and metric. */

import type { Metric, MetricItem } from '../../api/types';

/** One window of a series. Without a value it is not shown: that is a gap and never a zero. */
export interface Point {
  start: string;
  end: string;
  value?: number;
  low?: number;
  high?: number;
}

export interface Series {
  gtin: string;
  metric: Metric;
  /** The oldest first. */
  points: Point[];
}

/** The items of the API, which come newest first and mixed, as series. */
export function seriesOf(items: readonly MetricItem[]): Series[] {
  const series = new Map<string, Series>();
  for (const { gtin, metric, window, status, value, ci_low, ci_high } of items.toReversed()) {
    const key = `${gtin} ${metric}`;
    const one = series.get(key) ?? { gtin, metric, points: [] };
    const shown =
      status === 'published' && value !== undefined
        ? { value, low: ci_low ?? value, high: ci_high ?? value }
        : {};
    one.points.push({ start: window.start, end: window.end, ...shown });
    series.set(key, one);
  }
  return [...series.values()].toSorted(
    (a, b) => a.gtin.localeCompare(b.gtin) || a.metric.localeCompare(b.metric),
  );
}

/** A change from the first to the last value, only where the intervals do not touch: else it is noise. */
export function changeOf(points: readonly Point[]): number | undefined {
  const shown = points.filter((point) => point.value !== undefined);
  const [first] = shown;
  const last = shown.at(-1);
  if (first?.value === undefined || last?.value === undefined || first === last) return undefined;
  const apart = (last.low ?? 0) > (first.high ?? 0) || (last.high ?? 0) < (first.low ?? 0);
  return apart ? last.value - first.value : undefined;
}
