import { mount } from 'svelte';
import { AccountApi } from './api/account-api';
import { AdminApi } from './api/admin-api';
import { BrandApi } from './api/brand-api';
import { FridgeApi } from './api/fridge-api';
import { Http } from './api/http';
import { Keycloak } from './api/keycloak';
import { PassportApi } from './api/passport-api';
import { ProfileApi } from './api/profile-api';
import App from './app/App.svelte';
import './app/app.css';
import { missing, routes } from './app/routes';
import type { Services } from './context';
import { Language, preferred } from './messages/language.svelte';
import { Offline } from './offline/offline.svelte';
import { Store } from './offline/store';
import { Router } from './router/router.svelte';
import { Session } from './session/session.svelte';

const language = new Language();
const router = new Router(routes, missing);
const session = new Session(new Keycloak());
const http = new Http(undefined, session);
const fridge = new FridgeApi(http);
const offline = new Offline(new Store(), fridge);
const services: Services = {
  passports: new PassportApi(http, new Http()),
  accounts: new AccountApi(http),
  profiles: new ProfileApi(http),
  fridge,
  brands: new BrandApi(http),
  admin: new AdminApi(http),
  session,
  offline,
  router,
  language,
  today: () => new Date().toLocaleDateString('sv'), // Sweden writes ISO dates
};

router.start();
// Who comes back from Keycloak brings a code; everybody else is recognised by Keycloak's own cookie.
if (window.location.pathname !== '/sign-in/done') void session.restore();
// Side by side: neither the page nor its words should wait for the other.
await Promise.all([language.speak(preferred()), router.open()]);

const target = document.getElementById('app');
target?.replaceChildren(); // the name alone stood there meanwhile
if (target) mount(App, { target, props: { services } });

// What waits since the network was away, or since the page crashed.
window.addEventListener('online', () => void offline.flush());
void session.restore().then(() => (session.state === 'in' ? settle() : undefined));

/** Sends what waits, then keeps what a verdict without a network takes. */
async function settle(): Promise<void> {
  await offline.flush();
  await offline.prepare(services.profiles);
}

if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js');
