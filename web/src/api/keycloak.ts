import { ApiFailure } from './failure';

/** What Keycloak gives to somebody who is signed in. It is kept in memory only. */
export interface Tokens {
  access: string;
  refresh: string | undefined;
  /** When the access token stops being valid, in milliseconds since 1970. */
  expires: number;
}

/** What proves that a code was asked for here: kept until the person is back from Keycloak. */
export interface Proof {
  state: string;
  verifier: string;
}

const client = 'packytrace-web';
const realm = '/auth/realms/packytrace/protocol/openid-connect';

/** Speaks OpenID Connect with our realm: authorization code with PKCE (RFC 7636), by the browser itself. */
export class Keycloak {
  constructor(
    private readonly origin = window.location.origin,
    private readonly send: typeof fetch = (...request) => fetch(...request),
    private readonly now = () => Date.now(),
  ) {}

  /** A new proof. Fails where the page has no cryptography: over plain HTTP, but on this very machine. */
  prove(): Proof {
    return { state: random(), verifier: random() };
  }

  /** Where a person signs in; they come back to `/sign-in/done`. */
  async authorizeUrl({ state, verifier }: Proof, locale: string, prompt?: 'none'): Promise<string> {
    const query = new URLSearchParams({
      client_id: client,
      redirect_uri: `${this.origin}/sign-in/done`,
      response_type: 'code',
      scope: 'openid',
      state,
      code_challenge: await challenge(verifier),
      code_challenge_method: 'S256',
      ui_locales: locale,
    });
    if (prompt) query.set('prompt', prompt);
    return `${this.origin}${realm}/auth?${query.toString()}`;
  }

  /** The tokens for the code that Keycloak gave. */
  exchange(code: string, verifier: string): Promise<Tokens> {
    return this.#tokens({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: `${this.origin}/sign-in/done`,
    });
  }

  /** New tokens for old ones. */
  renew(refresh: string): Promise<Tokens> {
    return this.#tokens({ grant_type: 'refresh_token', refresh_token: refresh });
  }

  /**
   * Signs in without asking, if Keycloak's own cookie says who it is; else `undefined`. Keycloak has
   * our origin, so that the way back can be followed by a request: no frame, and no hole in the policy.
   */
  async silent(): Promise<Tokens | undefined> {
    const proof = this.prove();
    const answer = await this.#reach(await this.authorizeUrl(proof, 'en', 'none'), {});
    const back = new URL(answer.url, this.origin).searchParams;
    const code = back.get('code');
    if (code === null || back.get('state') !== proof.state) return undefined;
    return this.exchange(code, proof.verifier);
  }

  /** Ends the session at Keycloak. */
  async signOut(refresh: string): Promise<void> {
    await this.#form('logout', { refresh_token: refresh });
  }

  async #tokens(form: Record<string, string>): Promise<Tokens> {
    const asked = this.now();
    const answer = await this.#form('token', form);
    const body = (await answer.json()) as {
      access_token: string;
      refresh_token?: string;
      expires_in: number;
    };
    return {
      access: body.access_token,
      refresh: body.refresh_token,
      expires: asked + body.expires_in * 1000,
    };
  }

  async #form(path: string, form: Record<string, string>): Promise<Response> {
    const body = new URLSearchParams({ client_id: client, ...form });
    const answer = await this.#reach(`${this.origin}${realm}/${path}`, { method: 'POST', body });
    if (answer.ok) return answer;
    throw new ApiFailure(answer.status >= 500 ? 'unavailable' : 'signed_out');
  }

  async #reach(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.send(url, { ...init, signal: AbortSignal.timeout(15_000) });
    } catch {
      throw new ApiFailure(navigator.onLine ? 'unavailable' : 'offline');
    }
  }
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

async function challenge(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
