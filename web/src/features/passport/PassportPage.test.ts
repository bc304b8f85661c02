import { fireEvent, screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { ApiFailure } from '../../api/failure';
import type { Passport } from '../../api/types';
import { bare, granola, recall, scan, unavailable } from '../../testing/fixtures';
import { fakeServices, renderPage } from '../../testing/render-page';
import PassportPage from './PassportPage.svelte';

const gtin = granola.gtin;
const region = (name: string) => screen.findByRole('region', { name });

async function open(passport: Passport, query = ''): Promise<void> {
  const services = await fakeServices({ product: () => Promise.resolve(passport) });
  renderPage(PassportPage, services, { gtin }, query);
  await screen.findByText('Where this comes from');
}

test('loading: the page says what it waits for', async () => {
  renderPage(PassportPage, await fakeServices({}), { gtin });
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Looking up the product …');
  expect(screen.getByRole('status').textContent.trim()).toBe('Looking up the product');
});

test('ready: the product has its name, brand and quantity', async () => {
  await open(granola);
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Hazelnut granola');
  expect(screen.getByText('Morgenrot', { selector: '.brand bdi' })).toBeTruthy();
  expect(screen.getByText('450 g', { selector: '.amount bdi' })).toBeTruthy();
  expect(screen.getByRole('status').textContent.trim()).toBe('Product found: Hazelnut granola');
  expect(document.title).toBe('Hazelnut granola · PackyTrace');
});

test('ready: allergens stand under what is declared about them', async () => {
  await open(granola);
  const allergens = await region('Allergens');
  expect(
    within(allergens)
      .getAllByRole('heading', { level: 3 })
      .map((heading) => heading.textContent),
  ).toEqual(['Contains', 'May contain']);
  const [contains, mayContain] = within(allergens).getAllByRole('list');
  expect(contains?.textContent.trim()).toMatch(/^Oats\s*Hazelnuts$/);
  expect(mayContain?.textContent.trim()).toBe('Wheyprotein');
});

test('ready: ingredients, nutrition, storage, packaging and origin are shown', async () => {
  await open(granola);
  const ingredients = await region('Ingredients');
  expect(within(ingredients).getByText('hazelnuts', { selector: 'strong' })).toBeTruthy();

  const table = screen.getByRole('table');
  expect(
    within(table)
      .getAllByRole('columnheader')
      .map((cell) => cell.textContent),
  ).toEqual(['Nutrient', 'per 100 g', 'per serving (45\u00a0g)']);
  const energy = within(table).getByRole('row', { name: /^Energy/ });
  expect(
    within(energy)
      .getAllByRole('cell')
      .map((cell) => cell.textContent.trim()),
  ).toEqual(['1,876\u00a0kJ448\u00a0kcal', '–']);

  const more = await region('Good to know');
  expect(more.textContent).toContain('Keep cool and dry.');
  expect(more.textContent).toContain('within 21 days');
  expect(more.textContent).toContain('Germany');
  expect(more.textContent).toContain('Bag, Paper · Plastic');
});

test('ready: what nobody has stated is said to be unknown, never to be absent', async () => {
  await open(bare);
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Product without a name');
  expect((await region('Allergens')).textContent).toContain('That does not mean that there are none');
  expect((await region('Ingredients')).textContent).toContain('No ingredients are on record.');
  expect((await region('Nutrition')).textContent).toContain('No nutrition values are on record.');
  expect(screen.queryByRole('table')).toBeNull();
});

test('ready: a name in another language says which', async () => {
  await open({ ...granola, names: { fr: 'Granola aux noisettes' } });
  expect(screen.getByRole('heading', { level: 1 }).getAttribute('lang')).toBe('fr');
});

test('the address of a resolver tells what was read from the code', async () => {
  await open(granola, '10=L4711&17=261130&15=261224&21=S9');
  const pack = await region('Read from the code');
  const values = within(pack)
    .getAllByRole('definition')
    .map((value) => value.textContent);
  expect(values).toEqual(['November 30, 2026', 'December 24, 2026', 'L4711', 'S9']);
});

test('a scan tells what was read from the code, and its verdict', async () => {
  const ask = vi.fn().mockResolvedValue({ ...scan, verdict: { status: 'unavailable' } });
  renderPage(PassportPage, await fakeServices({ scan: ask }), { gtin }, `scan=${scan.scan_id}`);
  expect((await region('Read from the code')).textContent).toContain('L1');
  expect(ask).toHaveBeenCalledWith(scan.scan_id);
  expect(screen.getByText('Verdict unavailable right now')).toBeTruthy();
});

test('a scan that is not the caller’s own still shows the product', async () => {
  const services = await fakeServices({
    scan: () => Promise.reject(new ApiFailure('not_found')),
    product: () => Promise.resolve(granola),
  });
  renderPage(PassportPage, services, { gtin }, `scan=${scan.scan_id}`);
  expect(await screen.findByText('Hazelnut granola')).toBeTruthy();
});

test('a scan of another product does not speak for this one', async () => {
  const other = { ...scan, identifier: { ...scan.identifier, gtin: '04006381333931' } };
  const services = await fakeServices({
    scan: () => Promise.resolve(other),
    product: () => Promise.resolve(granola),
  });
  renderPage(PassportPage, services, { gtin }, `scan=${scan.scan_id}`);
  await screen.findByText('Hazelnut granola');
  expect(screen.queryByText('Read from the code')).toBeNull();
});

test('without a profile the page says how to get a verdict', async () => {
  await open(granola);
  expect(screen.getByText('Sign in and make a profile to see whether it suits you.')).toBeTruthy();
});

test('a verdict is said in words', async () => {
  const verdict = {
    status: 'available',
    headline: 'caution',
    unchecked: 2,
    reasons: [],
    rule_set: { id: 'eu', version: '1.0.0', hash: '0'.repeat(64) },
    profile_version: 1,
    passport_revision: 3,
  } as const;
  const services = await fakeServices({
    scan: () => Promise.resolve({ ...scan, verdict: { ...verdict, reasons: [] } }),
  });
  renderPage(PassportPage, services, { gtin }, `scan=${scan.scan_id}`);
  expect(await screen.findByText('Take care')).toBeTruthy();
  expect(screen.getByText('2 checks could not be made.')).toBeTruthy();
});

test.each([
  ['10=L1', 'Recalled: your pack is affected'],
  ['', 'Recalled: check whether your pack is affected'],
  ['10=L3', 'Other packs of this product are recalled, not yours'],
])('a recall says what it means for the pack (%s)', async (query, title) => {
  await open({ ...granola, recalls: [recall] }, query);
  expect(screen.getByRole('heading', { name: title })).toBeTruthy();
  expect(screen.getByText('Lots: L1 and L2')).toBeTruthy();
  expect(screen.getByText('Bring it back to the shop.')).toBeTruthy();
});

test('a recall that was lifted is no longer shown', async () => {
  await open({ ...granola, recalls: [{ ...recall, status: 'lifted' }] });
  expect(screen.queryByText('Pieces of plastic.')).toBeNull();
});

test('food past its use-by date and withdrawn products are warned of', async () => {
  await open({ ...granola, withdrawn: true }, '17=261121');
  expect(screen.getByText('The use-by date has passed')).toBeTruthy();
  expect(screen.getByText('Withdrawn by the brand')).toBeTruthy();
});

test('empty: a product that the catalog lacks says so', async () => {
  const services = await fakeServices({ product: () => Promise.reject(new ApiFailure('not_found')) });
  renderPage(PassportPage, services, { gtin });
  expect(
    await screen.findByRole('heading', { level: 1, name: 'We don’t know this product yet' }),
  ).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Read another code' }).getAttribute('href')).toBe('/');
  expect(screen.queryByText(/Your scan was counted/)).toBeNull();
});

test('empty: a scan of it was counted all the same', async () => {
  const services = await fakeServices({ scan: () => Promise.resolve({ ...scan, passport: null }) });
  renderPage(PassportPage, services, { gtin }, `scan=${scan.scan_id}`);
  expect(await screen.findByText(/Your scan was counted/)).toBeTruthy();
  expect((await region('Read from the code')).textContent).toContain('L1');
});

test('an address without a valid number says so', async () => {
  const services = await fakeServices({ product: () => Promise.reject(new ApiFailure('refused')) });
  renderPage(PassportPage, services, { gtin: '123' });
  expect(await screen.findByRole('heading', { level: 1, name: 'This is no product number' })).toBeTruthy();
});

test('failed: the page says why, what to quote, and tries again', async () => {
  const product = vi
    .fn()
    .mockRejectedValueOnce(new ApiFailure('unavailable', unavailable))
    .mockResolvedValueOnce(granola);
  renderPage(PassportPage, await fakeServices({ product }), { gtin });

  const alert = await screen.findByRole('alert');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('PackyTrace cannot answer right now');
  expect(alert.textContent).toContain(unavailable.request_id);

  await fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
  expect(await screen.findByText('Hazelnut granola')).toBeTruthy();
});

test('the page speaks German', async () => {
  const services = await fakeServices({ product: () => Promise.resolve(granola) }, 'de');
  renderPage(PassportPage, services, { gtin }, '17=261130');
  expect(await screen.findByRole('heading', { level: 1, name: 'Haselnuss-Granola' })).toBeTruthy();
  expect((await region('Aus dem Code gelesen')).textContent).toContain('30. November 2026');
  expect(screen.getByText(/Melden Sie sich an und legen Sie ein Profil an/)).toBeTruthy();
});
