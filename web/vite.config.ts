import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { firstLoadBudget } from './tools/budget.ts';
import { preload } from './tools/preload.ts';
import { serviceWorker } from './tools/service-worker.ts';

/** The gateway of `make up`; the resolver answers beside the API. */
const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8101';

/** Keycloak of `make up`. */
const keycloak = process.env['KEYCLOAK_URL'] ?? 'http://127.0.0.1:8480';

/** Where the code of a pack leads: what most people see first. */
const landing = 'src/features/passport/PassportPage.svelte';

export default defineConfig({
  plugins: [
    svelte(),
    svelteTesting(),
    firstLoadBudget({ page: landing, kilobytes: 60 }),
    preload(landing),
    serviceWorker('src/sw.js'),
  ],
  server: { proxy: { '/api': gateway, '/01': gateway, '/.well-known': gateway, '/auth': keycloak } },
  worker: { format: 'es' },
  build: {
    // A data: URI would need its own hole in the content security policy.
    assetsInlineLimit: 0,
    // One small style sheet: twenty smaller ones come later than it.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // How long a plug-in took says how busy the machine is.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    restoreMocks: true,
    // One document for all files of a worker: making one takes longer than the tests.
    isolate: false,
  },
});
