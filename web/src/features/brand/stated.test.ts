import { expect, test } from 'vitest';
import { granola } from '../../testing/fixtures';
import { formOf, statedBy, statedOf } from './stated';

const kept = { ...granola, warnings: [] };

test('what a passport has beyond the product is not stated again', () => {
  const stated = statedOf(kept);
  expect(Object.keys(stated)).not.toContain('revision');
  expect(Object.keys(stated)).not.toContain('warnings');
  expect(stated.names).toEqual(granola.names);
});

test('a form that nobody touched changes nothing', () => {
  const stated = statedOf(kept);
  expect(statedBy(formOf(stated), stated)).toEqual(stated);
});

test('what the form does not show stays', () => {
  const stated = statedOf({ ...kept, names: { ...granola.names, fr: 'Granola' } });
  const changed = statedBy({ ...formOf(stated), name_en: 'Nut granola', name_de: '' }, stated);
  expect(changed.names).toEqual({ fr: 'Granola', en: 'Nut granola' });
  expect(changed.allergens).toEqual(granola.allergens);
});
