/** The nutrition declaration: a row for each nutrient, a column for each amount of food. */

import type { Nutriment } from '../../api/types';

/** The order of Regulation (EU) 1169/2011, Annex XV; `true` for a line "of which". */
const declared = new Map([
  ['energy', false],
  ['fat', false],
  ['saturates', true],
  ['carbohydrate', false],
  ['sugars', true],
  ['fibre', false],
  ['protein', false],
  ['salt', false],
]);

/** A column: the amount of food that its values are for. */
export interface Column {
  /** `unstated` where the source does not say. */
  basis: NonNullable<Nutriment['basis']> | 'unstated';
  prepared: boolean;
}

/** A row: one nutrient and, for each column, all that is stated (energy comes in kJ and kcal). */
export interface Row {
  nutrient: string;
  part: boolean;
  cells: Nutriment[][];
}

/** A table of all that is stated, nothing left out. */
export interface Table {
  columns: Column[];
  rows: Row[];
}

/** Lays out what is stated, in the order of the regulation; what it does not name comes after. */
export function layOut(nutriments: readonly Nutriment[]): Table {
  const columns = unique(nutriments.map(column), key).toSorted((a, b) => weight(a) - weight(b));
  const names = unique(
    nutriments.map(({ nutrient }) => nutrient),
    (name) => name,
  );
  const order = [...declared.keys(), ...names.filter((name) => !declared.has(name))];

  const rows = order
    .filter((name) => names.includes(name))
    .map((name) => ({ nutrient: name, part: declared.get(name) ?? false, cells: cells(name) }));
  return { columns, rows };

  function cells(name: string): Nutriment[][] {
    const own = nutriments.filter(({ nutrient }) => nutrient === name);
    return columns.map((wanted) => own.filter((one) => key(column(one)) === key(wanted)));
  }
}

function column({ basis, prepared }: Nutriment): Column {
  return { basis: basis ?? 'unstated', prepared: prepared ?? false };
}

function key({ basis, prepared }: Column): string {
  return `${basis} ${prepared}`;
}

/** Per 100 g or ml first, then a serving, then what does not say; as sold before as prepared. */
function weight({ basis, prepared }: Column): number {
  const order: Column['basis'][] = ['100g', '100ml', 'serving', 'unstated'];
  return order.indexOf(basis) + (prepared ? order.length : 0);
}

function unique<T>(items: readonly T[], by: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [by(item), item])).values()];
}
