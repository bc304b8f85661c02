import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { vi } from 'vitest';
import type { FridgeApi } from '../api/fridge-api';
import type { Services } from '../context';
import { Language, type Locale } from '../messages/language.svelte';
import { Offline } from '../offline/offline.svelte';
import type { Kept, Queued, Store } from '../offline/store';
import { Router, type PageProps } from '../router/router.svelte';
import type { SessionState } from '../session/session.svelte';
import InServices from './InServices.svelte';

/** What a test tells of the services; whatever it does not tell never answers. */
export interface Told extends Partial<Services['passports']> {
  accounts?: Partial<Services['accounts']>;
  profiles?: Partial<Services['profiles']>;
  fridge?: Partial<Services['fridge']>;
  brands?: Partial<Services['brands']>;
  admin?: Partial<Services['admin']>;
  /** Who sits there; a visitor where it is not told. */
  session?: SessionState;
}

const never = () => new Promise<never>(() => undefined);

/** A client that answers as told; whatever is not told never answers. */
function client<C extends object>(told: Partial<C> = {}): C {
  return new Proxy(told, { get: (of, name) => Reflect.get(of, name) ?? never }) as C;
}

/** A session that stands still. */
function session(state: SessionState): Services['session'] {
  return {
    state,
    isAccount: state === 'in' || state === 'unreached',
    isAdmin: false,
    accountId: state === 'in' ? '7b0c1f5e-0000-4000-8000-000000000001' : undefined,
    restore: () => Promise.resolve(),
    token: () => Promise.resolve(undefined),
    refused: () => undefined,
    begin: vi.fn(() => Promise.resolve()),
    finish: () => Promise.resolve('/'),
    end: vi.fn(() => Promise.resolve()),
  };
}

/** A store that forgets with the test. */
export function memory(): Pick<Store, keyof Store> {
  const kept = new Map<string, unknown>();
  const queue = new Map<number, Queued>();
  let last = 0;
  return {
    keep: (what, value) => Promise.resolve(void kept.set(what, value)),
    kept: <K extends keyof Kept>(what: K) => Promise.resolve(kept.get(what) as Kept[K] | undefined),
    keepPassport: (passport) => Promise.resolve(void kept.set(passport.gtin, passport)),
    passport: (gtin) => Promise.resolve(kept.get(gtin) as never),
    enqueue: (queued) => Promise.resolve(void queue.set(++last, queued)),
    queue: () => Promise.resolve([...queue]),
    dequeue: (place) => Promise.resolve(void queue.delete(place)),
    clear: () => Promise.resolve((kept.clear(), queue.clear())),
  };
}

/** Services on 2026-11-22 with an API that answers as told. */
export async function fakeServices(told: Told, locale: Locale = 'en'): Promise<Services> {
  const { accounts, profiles, fridge, brands, admin, session: state, ...passports } = told;
  const language = new Language();
  await language.speak(locale);
  const kitchen = client<Services['fridge']>(fridge);
  return {
    passports: client(passports),
    accounts: client(accounts),
    profiles: client(profiles),
    fridge: kitchen,
    brands: client(brands),
    admin: client(admin),
    session: session(state ?? 'out'),
    offline: new Offline(memory(), kitchen satisfies Pick<FridgeApi, 'consume' | 'discard'>),
    router: new Router([], () => Promise.reject(new Error('no page is loaded here'))),
    language,
    today: () => '2026-11-22',
  };
}

/** Draws a page as the app does at `address`. */
export function renderPage(
  Page: Component<PageProps> | Component<Record<string, never>>,
  services: Services,
  params: PageProps['params'] = {},
  query = '',
): void {
  vi.spyOn(services.router, 'go').mockResolvedValue();
  render(InServices, {
    services,
    Page: Page as Component<PageProps>,
    params,
    query: new URLSearchParams(query),
  });
}
