import { expect, test } from 'vitest';
import type { Recall } from '../../api/types';
import { fromQuery, isPastUseBy, touch } from './pack';

const today = '2026-11-22';
const read = (query: string) => fromQuery(new URLSearchParams(query), today);

test('a query names lot, serial and days by Application Identifier', () => {
  expect(read('10=L1&21=S9&17=261130&15=261224')).toEqual({
    lot: 'L1',
    serial: 'S9',
    use_by: '2026-11-30',
    best_before: '2026-12-24',
  });
});

test('day 00 is the last of its month', () => {
  expect(read('17=270200').use_by).toBe('2027-02-28');
  expect(read('17=280200').use_by).toBe('2028-02-29');
});

test('a two-digit year is the nearest one', () => {
  expect(read('17=760101').use_by).toBe('2076-01-01');
  expect(read('17=770101').use_by).toBe('1977-01-01');
});

test('days that do not exist are not shown', () => {
  expect(read('17=261340&15=260231&13=soon')).toEqual({});
});

test('food is good until the end of its use-by day', () => {
  expect(isPastUseBy({ use_by: '2026-11-22' }, today)).toBe(false);
  expect(isPastUseBy({ use_by: '2026-11-21' }, today)).toBe(true);
  expect(isPastUseBy({ best_before: '2026-11-21' }, today)).toBe(false);
});

const recall = (limits: Partial<Recall>): Recall => ({
  recall_id: '01993000-0000-7000-8000-000000000001',
  status: 'active',
  reason: 'Glass',
  instructions: 'Bring it back',
  ...limits,
});

test('a recall without limits touches every pack', () => {
  expect(touch(recall({}), {})).toBe('affected');
});

test('a recall of lots touches those lots', () => {
  expect(touch(recall({ lots: ['L1', 'L2'] }), { lot: 'L2' })).toBe('affected');
  expect(touch(recall({ lots: ['L1', 'L2'] }), { lot: 'L3' })).toBe('not_affected');
});

test('a recall of use-by days includes the first and the last', () => {
  const days = recall({ use_by: ['2026-11-01', '2026-11-30'] });
  expect(touch(days, { use_by: '2026-11-01' })).toBe('affected');
  expect(touch(days, { use_by: '2026-11-30' })).toBe('affected');
  expect(touch(days, { use_by: '2026-12-01' })).toBe('not_affected');
});

test('without the fact that would settle it nobody can tell', () => {
  expect(touch(recall({ lots: ['L1'] }), {})).toBe('cannot_tell');
  expect(touch(recall({ use_by: ['2026-11-01', '2026-11-30'] }), { lot: 'L1' })).toBe('cannot_tell');
});

test('of two limits one that does not fit settles it', () => {
  const both = recall({ lots: ['L1'], use_by: ['2026-11-01', '2026-11-30'] });
  expect(touch(both, { lot: 'L2' })).toBe('not_affected');
  expect(touch(both, { lot: 'L1' })).toBe('cannot_tell');
  expect(touch(both, { lot: 'L1', use_by: '2026-11-05' })).toBe('affected');
});
