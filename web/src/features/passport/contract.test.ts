// The page draws whatever the contract allows: its own examples say what that is.

import { screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { Passport, Scan } from '../../api/types';
import { fakeServices, renderPage } from '../../testing/render-page';
import PassportPage from './PassportPage.svelte';

const examples = '../../../../shared-contracts/examples/valid';
const passports = import.meta.glob<Passport>('../../../../shared-contracts/examples/valid/Passport/*.json', {
  import: 'default',
  eager: true,
});
const scans = import.meta.glob<Scan>('../../../../shared-contracts/examples/valid/Scan/*.json', {
  import: 'default',
  eager: true,
});

const named = <T>(files: Record<string, T>) =>
  Object.entries(files).map(([path, example]) => [path.slice(examples.length), example] as const);

test.each(named(passports))('%s is a page', async (_, passport) => {
  const services = await fakeServices({ product: () => Promise.resolve(passport) });
  renderPage(PassportPage, services, { gtin: passport.gtin });
  await screen.findByRole('region', { name: 'Where this comes from' });
  const numbers = passport.nutriments.map(({ value }) => services.language.format.number(value));
  for (const number of numbers) expect(document.body.textContent).toContain(number);
});

test.each(named(scans))('%s is a page', async (_, scan) => {
  const services = await fakeServices({ scan: () => Promise.resolve(scan) });
  renderPage(PassportPage, services, { gtin: scan.identifier.gtin }, `scan=${scan.scan_id}`);
  const last = scan.passport ? 'Where this comes from' : 'Read another code';
  await screen.findByText(last);
  const { lot, serial } = scan.identifier;
  for (const code of [lot, serial]) expect(document.body.textContent).toContain(code ?? '');
});

test('there are examples', () => {
  expect(Object.keys(passports).length).toBeGreaterThan(0);
  expect(Object.keys(scans).length).toBeGreaterThan(0);
});
