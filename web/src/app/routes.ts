import type { LoadPage, Route } from '../router/router.svelte';

/** Every page and where it lives: the table of contents of the app. */
export const routes: readonly Route[] = [
  { pattern: '/', load: () => import('../features/scan/ScanPage.svelte') },
  { pattern: '/p/:gtin', load: () => import('../features/passport/PassportPage.svelte') },
  { pattern: '/history', load: () => import('../features/history/HistoryPage.svelte') },
  { pattern: '/fridge', load: () => import('../features/fridge/FridgePage.svelte') },
  { pattern: '/fridge/waste', load: () => import('../features/waste/WastePage.svelte') },
  { pattern: '/fridge/sharing', load: () => import('../features/sharing/SharingPage.svelte') },
  { pattern: '/profile', load: () => import('../features/profile/ProfilePage.svelte') },
  { pattern: '/sign-in', load: () => import('../features/sign-in/SignInPage.svelte') },
  { pattern: '/sign-in/done', load: () => import('../features/sign-in/SignInDonePage.svelte') },
  { pattern: '/register', load: () => import('../features/sign-in/RegisterPage.svelte') },
  { pattern: '/account', load: () => import('../features/account/AccountPage.svelte') },
  { pattern: '/privacy', load: () => import('../features/privacy/PrivacyPage.svelte') },
  { pattern: '/erasures/:id', load: () => import('../features/erasure/ErasurePage.svelte') },
  { pattern: '/brand', load: () => import('../features/brand/BrandPage.svelte') },
  { pattern: '/brand/import', load: () => import('../features/brand-import/ImportPage.svelte') },
  { pattern: '/brand/recalls', load: () => import('../features/brand-recalls/RecallsPage.svelte') },
  { pattern: '/brand/metrics', load: () => import('../features/brand-metrics/MetricsPage.svelte') },
  { pattern: '/brand/products/:gtin', load: () => import('../features/brand/BrandProductPage.svelte') },
  { pattern: '/admin', load: () => import('../features/admin/AdminPage.svelte') },
];

/** The page of every other address. */
export const missing: LoadPage = () => import('../features/not-found/NotFoundPage.svelte');
