// Every page that asks for something: loading, not allowed, failed with retry, offline, empty, ready.

import { cleanup, fireEvent, screen } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { expect, test, vi } from 'vitest';
import { ApiFailure } from '../api/failure';
import type { PageProps } from '../router/router.svelte';
import { unavailable } from '../testing/fixtures';
import { samples } from '../testing/samples';
import { fakeServices, renderPage, type Told } from '../testing/render-page';

type Load = () => Promise<{ default: Component<PageProps> | Component<Record<string, never>> }>;

/** A page, whom it is for, and what it says when there is nothing to show. */
interface Case {
  load: Load;
  who: 'anyone' | 'account';
  full: Told;
  empty?: { told: Told; says: string };
  says: string;
  params?: PageProps['params'];
}

const cases: Record<string, Case> = {
  history: {
    load: () => import('../features/history/HistoryPage.svelte'),
    who: 'anyone',
    full: { scans: samples.scans },
    says: 'Hazelnut granola',
    empty: { told: { scans: samples.none }, says: 'You have not scanned anything yet.' },
  },
  fridge: {
    load: () => import('../features/fridge/FridgePage.svelte'),
    who: 'account',
    full: { fridge: { items: samples.fridge } },
    says: 'Milk',
    empty: { told: { fridge: { items: samples.none } }, says: 'Scan something' },
  },
  waste: {
    load: () => import('../features/waste/WastePage.svelte'),
    who: 'account',
    full: { fridge: { waste: samples.waste } },
    says: 'By month',
  },
  sharing: {
    load: () => import('../features/sharing/SharingPage.svelte'),
    who: 'account',
    full: { fridge: { household: samples.household } },
    says: 'Only you.',
  },
  account: {
    load: () => import('../features/account/AccountPage.svelte'),
    who: 'account',
    full: { accounts: { me: samples.me, consents: samples.consents } },
    says: 'Take your data with you',
  },
  profile: {
    load: () => import('../features/profile/ProfilePage.svelte'),
    who: 'account',
    full: {
      accounts: { consents: samples.consents },
      profiles: { own: samples.profile, members: samples.none },
    },
    says: 'Allergens that you avoid',
    empty: {
      told: { accounts: { consents: samples.none } },
      says: 'May we keep a health profile for you?',
    },
  },
  brand: {
    load: () => import('../features/brand/BrandPage.svelte'),
    who: 'account',
    full: { brands: { brand: samples.brand, products: samples.brandProducts } },
    says: 'Morgenrot',
    empty: {
      told: { brands: { brand: samples.brand, products: samples.none } },
      says: 'There are no products yet.',
    },
  },
  recalls: {
    load: () => import('../features/brand-recalls/RecallsPage.svelte'),
    who: 'account',
    full: { brands: { recalls: samples.recalls } },
    says: 'Pieces of plastic.',
    empty: { told: { brands: { recalls: samples.none } }, says: 'Nothing was ever recalled.' },
  },
  metrics: {
    load: () => import('../features/brand-metrics/MetricsPage.svelte'),
    who: 'account',
    full: { brands: { metrics: samples.metrics } },
    says: 'Totals',
    empty: {
      told: { brands: { metrics: () => Promise.resolve({ items: [], totals: [], next_cursor: null }) } },
      says: 'No numbers are published for these days.',
    },
  },
  admin: {
    load: () => import('../features/admin/AdminPage.svelte'),
    who: 'account',
    full: { admin: { brands: samples.brands } },
    says: 'Morgenrot',
    empty: { told: { admin: { brands: samples.none } }, says: 'There are no brands yet.' },
  },
  erasure: {
    load: () => import('../features/erasure/ErasurePage.svelte'),
    who: 'anyone',
    full: { accounts: { erasure: samples.erasure } },
    says: 'Everything is erased',
    params: { id: 'x' },
  },
};

const named = Object.entries(cases);

/** The same services, each of whose answers is this. */
function answering(told: Told, answer: () => Promise<never>): Told {
  const clients = Object.entries(told).map(([name, client]: [string, object | (() => unknown)]) => [
    name,
    typeof client === 'function'
      ? answer
      : Object.fromEntries(Object.keys(client).map((method) => [method, answer])),
  ]);
  return Object.fromEntries(clients) as Told;
}

async function open({ load, params }: Case, told: Told): Promise<void> {
  const { default: Page } = await load();
  renderPage(Page, await fakeServices({ session: 'in', ...told }), params ?? {});
}

test.each(named)('%s, ready: it shows what it is for', async (_, page) => {
  await open(page, page.full);
  expect((await screen.findAllByText(page.says, { exact: false })).length).toBeGreaterThan(0);
});

test.each(named)('%s, loading: it says so', async (_, page) => {
  await open(page, {});
  expect(await screen.findByText('Loading')).toBeTruthy();
});

test.each(named)('%s, failed: it says why, and tries again', async (_, page) => {
  const ask = vi.fn(() => Promise.reject<never>(new ApiFailure('unavailable', unavailable)));
  await open(page, answering(page.full, ask));
  await screen.findByText('PackyTrace cannot answer right now');
  const before = ask.mock.calls.length;
  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await vi.waitFor(() => expect(ask.mock.calls.length).toBeGreaterThan(before));
});

test.each(named)('%s, offline: it says so', async (_, page) => {
  await open(
    page,
    answering(page.full, () => Promise.reject(new ApiFailure('offline'))),
  );
  expect(await screen.findByText('You are offline')).toBeTruthy();
});

test.each(named.filter(([, { who }]) => who === 'account'))('%s is not for a visitor', async (_, page) => {
  await open(page, { ...page.full, session: 'out' });
  expect(await screen.findByText('This needs an account')).toBeTruthy();
});

test.each(named.filter(([name]) => ['brand', 'recalls', 'metrics', 'admin'].includes(name)))(
  '%s is not for every account',
  async (_, page) => {
    await open(
      page,
      answering(page.full, () => Promise.reject(new ApiFailure('forbidden'))),
    );
    expect((await screen.findByRole('alert')).textContent).toMatch(/belongs to no brand|administrators/);
  },
);

test.each(named.filter(([, { empty }]) => empty))('%s, empty: it says what to do', async (_, page) => {
  await open(page, page.empty?.told ?? {});
  expect(await screen.findByText(page.empty?.says ?? '')).toBeTruthy();
  cleanup();
});
