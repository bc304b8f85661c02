import { defineConfig } from '@playwright/test';

const baseURL = process.env['BASE_URL'];
if (!baseURL)
  throw new Error('BASE_URL names the running product, such as http://localhost:8080: set it first.');

/** Browser tests of the running product. Nothing is started here. */
export default defineConfig({
  testDir: 'e2e',
  forbidOnly: true,
  retries: 0,
  workers: 1,
  // A busy machine is slow, and slow is no failure.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    baseURL,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    },
  },
});
