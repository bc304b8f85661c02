import { mount } from 'svelte';
import { Http } from './api/http';
import { PassportApi } from './api/passport-api';
import App from './app/App.svelte';
import './app/app.css';
import { missing, routes } from './app/routes';
import type { Services } from './context';
import { Language, preferred } from './messages/language.svelte';
import { Router } from './router/router.svelte';

const language = new Language();
const router = new Router(routes, missing);
const services: Services = {
  passports: new PassportApi(new Http()),
  router,
  language,
  today: () => new Date().toLocaleDateString('sv'), // Sweden writes ISO dates
};

router.start();
// Side by side: neither the page nor its words should wait for the other.
await Promise.all([language.speak(preferred()), router.open()]);

const target = document.getElementById('app');
if (target) mount(App, { target, props: { services } });
