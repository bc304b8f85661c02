import { ApiFailure, asFailure } from '../api/failure';
import type { Bearer } from '../api/http';
import type { Keycloak, Proof, Tokens } from '../api/keycloak';

/**
 * Who sits here. `restoring`: Keycloak is being asked. `out`: a visitor. `in`: an account.
 * `unreached`: an account, as far as this device remembers; Keycloak could not be asked.
 */
export type SessionState = 'restoring' | 'out' | 'in' | 'unreached';

/** What the device remembers: that somebody signed in here, never a token. */
const remembered = 'packytrace.signed-in';
/** What must outlive the way to Keycloak and back; gone with the tab. */
const pending = 'packytrace.sign-in';

/** So long before its end a token is renewed, in milliseconds. */
const margin = 20_000;

/** The session of the person: its tokens are nowhere but in here. */
export class Session implements Bearer {
  #state = $state.raw<SessionState>('restoring');
  #tokens: Tokens | undefined;
  #renewing: Promise<Tokens | undefined> | undefined;
  #restored: Promise<void> | undefined;

  constructor(
    private readonly keycloak: Pick<Keycloak, keyof Keycloak>,
    private readonly navigate: (url: string) => void = (url) => window.location.assign(url),
    private readonly now = () => Date.now(),
  ) {}

  get state(): SessionState {
    return this.#state;
  }

  /** Whether the pages of an account may be shown; offline from what the device keeps. */
  get isAccount(): boolean {
    return this.#state === 'in' || this.#state === 'unreached';
  }

  get isAdmin(): boolean {
    return this.#state === 'in' && (this.#claims().realm_access?.roles ?? []).includes('platform-admin');
  }

  /** The account's id; absent until the session is restored. */
  get accountId(): string | undefined {
    return this.#claims().sub;
  }

  /** Finds out who sits here, once. A visitor costs no request. */
  restore(): Promise<void> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  async token(): Promise<string | undefined> {
    await this.restore();
    if (this.#state === 'unreached') await this.#restore();
    if (this.#state === 'unreached') throw new ApiFailure(navigator.onLine ? 'unavailable' : 'offline');
    if (this.#tokens && this.#tokens.expires - margin < this.now()) await this.#renew();
    return this.#tokens?.access;
  }

  refused(): void {
    this.#end();
  }

  /** Goes to Keycloak; the person comes back to `to`. */
  async begin(to: string, locale: string): Promise<void> {
    const proof = this.keycloak.prove();
    const url = await this.keycloak.authorizeUrl(proof, locale);
    sessionStorage.setItem(pending, JSON.stringify({ ...proof, to }));
    this.navigate(url);
  }

  /** Back from Keycloak: where to go on. */
  async finish(query: URLSearchParams): Promise<string> {
    const { state, verifier, to } = begun();
    sessionStorage.removeItem(pending);
    const code = query.get('code');
    if (code === null || state === undefined || query.get('state') !== state) throw new ApiFailure('refused');
    this.#begun(await this.keycloak.exchange(code, verifier ?? ''));
    this.#restored = Promise.resolve();
    return to ?? '/';
  }

  /** Ends the session here and at Keycloak. */
  async end(): Promise<void> {
    const refresh = this.#tokens?.refresh;
    this.#end();
    if (refresh !== undefined) await this.keycloak.signOut(refresh);
  }

  async #restore(): Promise<void> {
    if (!isRemembered()) {
      this.#state = 'out';
      return;
    }
    try {
      const tokens = await this.keycloak.silent();
      if (tokens) this.#begun(tokens);
      else this.#end();
    } catch (thrown) {
      const { kind } = asFailure(thrown);
      if (kind === 'offline' || kind === 'unavailable') this.#state = 'unreached';
      else this.#end();
    }
  }

  /** However many requests wait for it, a token is renewed once. */
  async #renew(): Promise<void> {
    this.#renewing ??= this.#renewed().finally(() => (this.#renewing = undefined));
    const tokens = await this.#renewing;
    if (tokens) this.#begun(tokens);
    else this.#end();
  }

  async #renewed(): Promise<Tokens | undefined> {
    try {
      return this.#tokens?.refresh === undefined
        ? await this.keycloak.silent()
        : await this.keycloak.renew(this.#tokens.refresh);
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.kind === 'signed_out') return undefined;
      throw failure;
    }
  }

  #begun(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#state = 'in';
    remember(true);
  }

  #end(): void {
    this.#tokens = undefined;
    this.#state = 'out';
    this.#restored = Promise.resolve();
    remember(false);
  }

  /** What the token says; the API alone decides by it. */
  #claims(): { sub?: string; realm_access?: { roles?: string[] } } {
    const [, payload] = this.#tokens?.access.split('.') ?? [];
    if (payload === undefined) return {};
    try {
      return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as object;
    } catch {
      return {};
    }
  }
}

function begun(): Partial<Proof & { to: string }> {
  return JSON.parse(sessionStorage.getItem(pending) ?? '{}') as Partial<Proof & { to: string }>;
}

function isRemembered(): boolean {
  try {
    return localStorage.getItem(remembered) !== null;
  } catch {
    return false; // storage may be forbidden; then a reload signs out
  }
}

function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(remembered, 'yes');
    else localStorage.removeItem(remembered);
  } catch {
    // as above
  }
}
