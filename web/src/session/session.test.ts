import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiFailure } from '../api/failure';
import { Keycloak, type Tokens } from '../api/keycloak';
import { Session } from './session.svelte';

const claims = { sub: 'a1', realm_access: { roles: ['platform-admin'] } };
const access = `x.${btoa(JSON.stringify(claims))}.x`;
const tokens = (expires = 300_000): Tokens => ({ access, refresh: 'r1', expires });
const proof = { state: 's1', verifier: 'v1' };

function fake(told: Partial<Keycloak> = {}) {
  return {
    prove: () => proof,
    authorizeUrl: () => Promise.resolve('/auth'),
    exchange: () => Promise.resolve(tokens()),
    renew: vi.fn(() => Promise.resolve(tokens(900_000))),
    silent: vi.fn(() => Promise.resolve<Tokens | undefined>(undefined)),
    signOut: vi.fn(() => Promise.resolve()),
    ...told,
  };
}

const remembered = () => localStorage.setItem('packytrace.signed-in', 'yes');

beforeEach(() => {
  // This document has no storage of its own where plain Node runs it.
  for (const name of ['localStorage', 'sessionStorage']) {
    const kept: Record<string, string> = {};
    const methods = {
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, value: string) => void (kept[key] = value),
      removeItem: (key: string) => delete kept[key],
    };
    vi.stubGlobal(name, Object.assign(kept, methods));
  }
});
afterEach(() => vi.unstubAllGlobals());

test('a visitor costs no request', async () => {
  const keycloak = fake();
  const session = new Session(keycloak);
  await session.restore();
  expect(session.state).toBe('out');
  expect(keycloak.silent).not.toHaveBeenCalled();
});

test('who signed in here before is recognised without being asked', async () => {
  remembered();
  const session = new Session(fake({ silent: () => Promise.resolve(tokens()) }), vi.fn(), () => 0);
  expect(await session.token()).toBe(access);
  expect(session.isAccount).toBe(true);
  expect(session.isAdmin).toBe(true);
  expect(session.accountId).toBe('a1');
});

test('without a network somebody is an account as far as the device remembers', async () => {
  remembered();
  const session = new Session(fake({ silent: () => Promise.reject(new ApiFailure('offline')) }));
  await session.restore();
  expect(session.state).toBe('unreached');
  await expect(session.token()).rejects.toThrow(ApiFailure);
});

test('a token is renewed once before its end, however many wait for it', async () => {
  remembered();
  const keycloak = fake({ silent: vi.fn(() => Promise.resolve<Tokens | undefined>(tokens())) });
  let now = 0;
  const session = new Session(keycloak, vi.fn(), () => now);
  await session.token();
  now = 290_000;
  await Promise.all([session.token(), session.token(), session.token()]);
  expect(keycloak.renew).toHaveBeenCalledTimes(1);
});

test('a session that Keycloak has ended is over', async () => {
  remembered();
  const keycloak = fake({
    silent: () => Promise.resolve(tokens()),
    renew: vi.fn(() => Promise.reject(new ApiFailure('signed_out'))),
  });
  let now = 0;
  const session = new Session(keycloak, vi.fn(), () => now);
  await session.token();
  now = 290_000;
  expect(await session.token()).toBeUndefined();
  expect(session.state).toBe('out');
});

test('who goes to Keycloak comes back to where they were', async () => {
  const navigate = vi.fn();
  const session = new Session(fake(), navigate);
  await session.begin('/fridge', 'en');
  expect(navigate).toHaveBeenCalledWith('/auth');
  expect(await session.finish(new URLSearchParams('code=c&state=s1'))).toBe('/fridge');
  expect(session.state).toBe('in');
});

test('a code that was not asked for here is refused', async () => {
  const session = new Session(fake(), vi.fn());
  await session.begin('/fridge', 'en');
  await expect(session.finish(new URLSearchParams('code=c&state=other'))).rejects.toThrow(ApiFailure);
});

test('no token is ever kept outside of memory', async () => {
  const session = new Session(fake(), vi.fn());
  await session.begin('/', 'en');
  await session.finish(new URLSearchParams('code=c&state=s1'));
  const kept = [localStorage, sessionStorage].flatMap((storage) => Object.values(storage).map(String));
  expect(kept.join()).not.toContain(access);
  await session.end();
  expect(session.state).toBe('out');
});

test('the way back is followed by a request: the code is read from where it ended', async () => {
  const asked: URL[] = [];
  const send = (url: RequestInfo | URL): Promise<Response> => {
    const here = new URL(url instanceof Request ? url.url : url);
    asked.push(here);
    if (here.pathname.endsWith('/token'))
      return Promise.resolve(Response.json({ access_token: access, refresh_token: 'r', expires_in: 60 }));
    const answer = new Response('');
    const state = here.searchParams.get('state') ?? '';
    Object.defineProperty(answer, 'url', { value: `https://x.example/sign-in/done?code=c&state=${state}` });
    return Promise.resolve(answer);
  };
  const given = await new Keycloak('https://x.example', send, () => 0).silent();
  expect(given).toEqual({ access, refresh: 'r', expires: 60_000 });
  expect(asked[0]?.searchParams.get('prompt')).toBe('none');
  expect(asked[0]?.searchParams.get('code_challenge')).toMatch(/^[A-Za-z0-9_-]{43}$/);
});
