import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { Router } from '../router/router.svelte';
import { granola } from '../testing/fixtures';
import { fakeServices } from '../testing/render-page';
import App from './App.svelte';
import { missing, routes } from './routes';

const heading = () => screen.findByRole('heading', { level: 1 });

beforeEach(() => {
  vi.spyOn(window, 'scrollTo').mockImplementation(() => undefined);
  window.history.replaceState(null, '', '/');
});

async function open(router = new Router(routes, missing)): Promise<Router> {
  const services = await fakeServices({ product: () => Promise.resolve(granola) });
  await router.open();
  render(App, { services: { ...services, router } });
  return router;
}

test('the first page leaves the focus to the browser', async () => {
  await open();
  expect((await heading()).textContent).toBe('What’s in the pack?');
  expect(document.activeElement).toBe(document.body);
});

test('going to another page moves the focus to its heading', async () => {
  const router = await open();
  await router.go(`/p/${granola.gtin}`);
  expect(await screen.findByText('Hazelnut granola')).toBe(document.activeElement);
});

test('an address without a page says so', async () => {
  const router = await open();
  await router.go('/nowhere');
  await screen.findByRole('heading', { name: 'There is no such page' });
});

test('when the code of a page does not arrive the whole app is asked for again', async () => {
  const reload = vi.fn();
  const lost = () => Promise.reject(new TypeError('connection lost'));
  await open(new Router([{ pattern: '/', load: lost }], missing, reload));
  expect((await heading()).textContent).toBe('This page did not load');
  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(reload).toHaveBeenCalledOnce();
});

test('the language can be changed in place', async () => {
  await open();
  await fireEvent.change(screen.getByLabelText('Language'), { target: { value: 'de' } });
  await screen.findByRole('heading', { name: 'Was steckt in der Packung?' });
  expect(document.documentElement.lang).toBe('de');
});
