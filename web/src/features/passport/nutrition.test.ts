import { expect, test } from 'vitest';
import type { Nutriment } from '../../api/types';
import { layOut } from './nutrition';

const value = (nutrient: string, amount: number, more: Partial<Nutriment> = {}): Nutriment => ({
  nutrient,
  value: amount,
  unit: 'g',
  basis: '100g',
  ...more,
});

/** As a source that does not say for how much food: the contract has `null` there. */
const without = ({ basis: _, ...rest }: Nutriment): Nutriment =>
  JSON.parse(JSON.stringify({ ...rest, basis: null })) as Nutriment;

test('rows stand in the order of the regulation, whatever the order of the source', () => {
  const { rows } = layOut([
    value('salt', 1),
    value('sugars', 2),
    value('iron', 0.01),
    value('carbohydrate', 3),
  ]);
  expect(rows.map(({ nutrient }) => nutrient)).toEqual(['carbohydrate', 'sugars', 'salt', 'iron']);
  expect(rows.map(({ part }) => part)).toEqual([false, true, false, false]);
});

test('each amount of food has its column, prepared food last', () => {
  const { columns, rows } = layOut([
    value('fat', 9, { prepared: true }),
    value('fat', 5, { basis: 'serving' }),
    value('fat', 10),
  ]);
  expect(columns).toEqual([
    { basis: '100g', prepared: false },
    { basis: 'serving', prepared: false },
    { basis: '100g', prepared: true },
  ]);
  expect(rows[0]?.cells.map(([cell]) => cell?.value)).toEqual([10, 5, 9]);
});

test('energy is in kJ and kcal in one cell', () => {
  const { rows } = layOut([value('energy', 2100, { unit: 'kJ' }), value('energy', 502, { unit: 'kcal' })]);
  expect(rows[0]?.cells[0]?.map(({ unit }) => unit)).toEqual(['kJ', 'kcal']);
});

test('nothing that is stated is left out', () => {
  const stated = [without(value('fat', 1)), value('fat', 2), value('fat', 3), value('x', 4)];
  expect(layOut(stated).rows.flatMap(({ cells }) => cells.flat())).toHaveLength(stated.length);
});

test('without values there is no table', () => {
  expect(layOut([])).toEqual({ columns: [], rows: [] });
});
