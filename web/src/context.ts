import { createContext } from 'svelte';
import type { PassportApi } from './api/passport-api';
import type { Language } from './messages/language.svelte';
import type { Router } from './router/router.svelte';

/** What a page may use. `ui/` may not: it is told everything by its props. */
export interface Services {
  passports: Pick<PassportApi, keyof PassportApi>;
  router: Router;
  language: Language;
  /** Today where the person is, as `2026-11-22`. */
  today: () => string;
}

/** Reads and gives the services of the component tree. */
export const [services, provideServices] = createContext<Services>();
