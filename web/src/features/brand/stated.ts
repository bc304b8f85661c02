/** A product as its brand states it, between what the API keeps and what a form shows. */

import type { BrandProduct, Product } from '../../api/types';

/** What a form shows of a product: the rest stays as it is. */
export interface Form {
  name_en: string;
  name_de: string;
  brand_name: string;
  category: string;
  amount: string;
  unit: string;
  ingredients_en: string;
  ingredients_de: string;
  statement_complete: boolean;
  storage: string;
  days_after_opening: string;
  origin: string;
}

/** The members of a product that a brand states; a passport has more. */
const members = [
  'gtin',
  'names',
  'brand_name',
  'category',
  'quantity',
  'ingredients_text',
  'ingredients',
  'statement_complete',
  'allergens',
  'nutriments',
  'serving',
  'additives',
  'labels',
  'certificates',
  'storage',
  'packaging',
  'origin',
] as const satisfies readonly (keyof Product)[];

/** What the brand stated so far. */
export function statedOf(kept: BrandProduct): Product {
  const entries = members.map((name) => [name, kept[name]] as const).filter(([, value]) => value != null);
  return Object.fromEntries(entries) as Product;
}

/** What the form begins with. */
export function formOf(product: Product): Form {
  return {
    name_en: product.names?.['en'] ?? '',
    name_de: product.names?.['de'] ?? '',
    brand_name: product.brand_name ?? '',
    category: product.category ?? '',
    amount: product.quantity?.value == null ? '' : String(product.quantity.value),
    unit: product.quantity?.unit ?? 'g',
    ingredients_en: product.ingredients_text?.['en'] ?? '',
    ingredients_de: product.ingredients_text?.['de'] ?? '',
    statement_complete: product.statement_complete ?? false,
    storage: product.storage?.text ?? '',
    days_after_opening:
      product.storage?.days_after_opening == null ? '' : String(product.storage.days_after_opening),
    origin: product.origin ?? '',
  };
}

/** The product with what the form says; an empty field takes its value away. */
export function statedBy(form: Form, before: Product): Product {
  const value = number(form.amount);
  const days = number(form.days_after_opening);
  const { text: _, days_after_opening: __, ...storage } = before.storage ?? {};
  return {
    ...before,
    names: texts(before.names, form.name_en, form.name_de),
    brand_name: form.brand_name.trim() || null,
    category: form.category.trim() || null,
    quantity: value === undefined ? null : { value, unit: form.unit.trim() },
    ingredients_text: texts(before.ingredients_text, form.ingredients_en, form.ingredients_de),
    statement_complete: form.statement_complete,
    storage: {
      ...storage,
      ...(form.storage.trim() ? { text: form.storage.trim() } : {}),
      ...(days === undefined ? {} : { days_after_opening: days }),
    },
    origin: form.origin.trim() || null,
  };
}

function texts(before: Record<string, string> = {}, en: string, de: string): Record<string, string> {
  const { en: _, de: __, ...others } = before;
  return {
    ...others,
    ...(en.trim() ? { en: en.trim() } : {}),
    ...(de.trim() ? { de: de.trim() } : {}),
  };
}

function number(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}
