import { createContext } from 'svelte';
import type { AccountApi } from './api/account-api';
import type { AdminApi } from './api/admin-api';
import type { BrandApi } from './api/brand-api';
import type { FridgeApi } from './api/fridge-api';
import type { PassportApi } from './api/passport-api';
import type { ProfileApi } from './api/profile-api';
import type { Language } from './messages/language.svelte';
import type { Offline } from './offline/offline.svelte';
import type { Router } from './router/router.svelte';
import type { Session } from './session/session.svelte';

/** The public side of a class: what a test may stand in for. */
type Public<C> = Pick<C, keyof C>;

/** What a page may use. `ui/` may not: it is told everything by its props. */
export interface Services {
  passports: Public<PassportApi>;
  accounts: Public<AccountApi>;
  profiles: Public<ProfileApi>;
  fridge: Public<FridgeApi>;
  brands: Public<BrandApi>;
  admin: Public<AdminApi>;
  session: Public<Session>;
  offline: Public<Offline>;
  router: Router;
  language: Language;
  /** Today where the person is, as `2026-11-22`. */
  today: () => string;
}

/** Reads and gives the services of the component tree. */
export const [services, provideServices] = createContext<Services>();
