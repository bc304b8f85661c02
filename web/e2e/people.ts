// People of the tests: each test makes its own, over the API, and signs them in where it needs them.

import { expect, type APIRequestContext, type Page } from '@playwright/test';

export interface Person {
  email: string;
  password: string;
}

/** Logins of the demo, which every instance that is not in production has. */
export const administrator: Person = { email: 'admin@example.org', password: 'runs-the-platform' };

export const password = 'correct horse battery staple';

/** An address that nobody has. */
export const newEmail = () => `e2e-${crypto.randomUUID()}@example.org`;

/** An account of its own. */
export async function newPerson(request: APIRequestContext): Promise<Person> {
  const person = { email: newEmail(), password };
  const answer = await request.post('/api/v1/accounts', { data: person });
  expect(answer.status()).toBe(201);
  return person;
}

/** What the API calls of somebody carry. */
export async function bearer(request: APIRequestContext, { email, password }: Person) {
  const form = { grant_type: 'password', client_id: 'packytrace-test', username: email, password };
  const answer = await request.post('/auth/realms/packytrace/protocol/openid-connect/token', { form });
  expect(answer.status()).toBe(200);
  const { access_token } = (await answer.json()) as { access_token: string };
  return { Authorization: `Bearer ${access_token}` };
}

/** Through the real Keycloak, to a page of the app. */
export async function signIn(page: Page, person: Person, to = '/'): Promise<void> {
  await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByRole('button', { name: 'Go on to sign in' }).click();
  await atKeycloak(page, person);
  await expect(page).toHaveURL(to);
}

/** Keycloak's own form. */
export async function atKeycloak(page: Page, { email, password }: Person): Promise<void> {
  await page.locator('#username').fill(email);
  await page.locator('#password').fill(password);
  await page.locator('#kc-login').click();
}

/** A Brand of its own with one user, and the beginning of its product numbers. */
export async function newBrand(request: APIRequestContext): Promise<Person & { prefix: string }> {
  const person = await newPerson(request);
  const { account_id } = (await (
    await request.get('/api/v1/me', { headers: await bearer(request, person) })
  ).json()) as { account_id: string };
  const headers = await bearer(request, administrator);
  // Nine digits behind GS1's prefix for demonstrations, by chance: nobody else has them.
  const prefix = `952${String(Math.floor(Math.random() * 1e6)).padStart(6, '0')}`;
  const made = await request.post('/api/v1/admin/brands', {
    headers,
    data: { name: `Nordfeld ${prefix}`, gs1_company_prefixes: [prefix] },
  });
  expect(made.status()).toBe(201);
  const { brand_id } = (await made.json()) as { brand_id: string };
  const user = await request.post(`/api/v1/admin/brands/${brand_id}/users`, {
    headers,
    data: { account_id, role: 'owner' },
  });
  expect(user.ok()).toBe(true);
  // It reaches the catalogue by Kafka.
  const own = await bearer(request, person);
  await expect
    .poll(
      async () =>
        (await request.get(`/api/v1/brand/products/${gtin(prefix, 0)}/label.svg`, { headers: own })).status(),
      {
        timeout: 90_000,
      },
    )
    .toBe(200);
  return { ...person, prefix };
}

/** The product number below a prefix of nine digits, with its check digit, as 14 digits. */
export function gtin(prefix: string, item: number): string {
  const digits = `0${prefix}${String(item).padStart(3, '0')}`;
  const sum = [...digits].reduce(
    (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1),
    0,
  );
  return digits + ((10 - (sum % 10)) % 10);
}
