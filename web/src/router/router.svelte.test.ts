import type { Component } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Router, type PageProps } from './router.svelte';

type Page = { default: Component<PageProps> };
const page = (): Page => ({ default: () => ({}) });
const [start, passport, missing] = [page(), page(), page()];

const loadPassport = vi.fn<() => Promise<Page>>();
let router: Router;
let stop: () => void;

beforeEach(() => {
  vi.spyOn(window, 'scrollTo').mockImplementation(() => undefined);
  window.history.replaceState(null, '', '/');
  loadPassport.mockResolvedValue(passport);
  const routes = [
    { pattern: '/', load: () => Promise.resolve(start) },
    { pattern: '/p/:gtin', load: loadPassport },
  ];
  router = new Router(routes, () => Promise.resolve(missing));
  stop = router.start();
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
});

function click(html: string, init: MouseEventInit = {}): void {
  document.body.innerHTML = html;
  // jsdom cannot leave the page; the router's own listener comes before this one.
  window.addEventListener('click', (event) => event.preventDefault(), { once: true });
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...init });
  document.querySelector('b')?.dispatchEvent(event);
}

test('the address bar names the first page', async () => {
  await router.open();
  expect(router.page?.Page).toBe(start.default);
  expect(router.moved).toBe(false);
});

test('a page gets the values in its path and its query', async () => {
  await router.go('/p/7?scan=8');
  expect(router.page?.Page).toBe(passport.default);
  expect(router.page?.params).toEqual({ gtin: '7' });
  expect(router.page?.query.get('scan')).toBe('8');
  expect(router.moved).toBe(true);
});

test('an address without a page is a page too', async () => {
  await router.go('/nowhere');
  expect(router.page?.Page).toBe(missing.default);
});

test('a page whose code does not arrive has failed, which says nothing about the next', async () => {
  loadPassport.mockRejectedValueOnce(new TypeError('connection lost'));
  await router.go('/p/7');
  expect(router.state).toBe('failed');
  await router.go('/p/7');
  expect(router.state).toBe('open');
  expect(router.page?.Page).toBe(passport.default);
});

test('the page asked for last is the one that is drawn', async () => {
  let arrive: (page: Page) => void = () => undefined;
  loadPassport.mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
  const slow = router.go('/p/7');
  await router.go('/');
  arrive(passport);
  await slow;
  expect(router.page?.Page).toBe(start.default);
});

test('a plain click on a link to a page of ours stays in the app', () => {
  click('<a href="/p/7"><b>7</b></a>');
  expect(window.location.pathname).toBe('/p/7');
});

test.each([
  ['another site', '<a href="https://example.com/p/7"><b>7</b></a>', {}],
  ['a path that is no page of ours', '<a href="/01/09520123456788"><b>7</b></a>', {}],
  ['a new tab', '<a href="/p/7"><b>7</b></a>', { ctrlKey: true }],
  ['a target', '<a href="/p/7" target="_blank"><b>7</b></a>', {}],
  ['a download', '<a href="/p/7" download><b>7</b></a>', {}],
])('%s is left to the browser', (_, html, init) => {
  click(html, init);
  expect(window.location.pathname).toBe('/');
});

test('a jump inside the page leaves the page alone', async () => {
  await router.go('/p/7');
  loadPassport.mockClear();
  window.history.pushState(null, '', '/p/7#content');
  window.dispatchEvent(new PopStateEvent('popstate'));
  expect(loadPassport).not.toHaveBeenCalled();
  expect(router.state).toBe('open');
});

test('the back button is followed', async () => {
  await router.go('/p/7');
  window.history.back();
  await vi.waitUntil(() => router.page?.Page === start.default);
});
