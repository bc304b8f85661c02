import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { vi } from 'vitest';
import type { Services } from '../context';
import { Language, type Locale } from '../messages/language.svelte';
import { Router, type PageProps } from '../router/router.svelte';
import InServices from './InServices.svelte';

/** Services on 2026-11-22 with an API that answers as told; whatever is not told never answers. */
export async function fakeServices(
  passports: Partial<Services['passports']>,
  locale: Locale = 'en',
): Promise<Services> {
  const language = new Language();
  await language.speak(locale);
  const never = () => new Promise<never>(() => undefined);
  return {
    passports: { record: never, scan: never, product: never, ...passports },
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
