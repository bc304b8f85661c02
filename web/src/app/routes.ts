import type { LoadPage, Route } from '../router/router.svelte';

/** Every page and where it lives: the table of contents of the app. */
export const routes: readonly Route[] = [
  { pattern: '/', load: () => import('../features/scan/ScanPage.svelte') },
  { pattern: '/p/:gtin', load: () => import('../features/passport/PassportPage.svelte') },
];

/** The page of every other address. */
export const missing: LoadPage = () => import('../features/not-found/NotFoundPage.svelte');
