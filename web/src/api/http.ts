import { ApiFailure, kindOf } from './failure';
import type { Problem } from './types';

/** An operation of the API, as generated from its OpenAPI document. */
interface Operation {
  url: string;
  path?: object;
  query?: object;
  body?: unknown;
}

/** Who asks: gives the access token of whoever is signed in. */
export interface Bearer {
  /** A token that is valid for a while; `undefined` for a visitor. */
  token(): Promise<string | undefined>;
  /** The API did not take the token: it is void. */
  refused(): void;
}

/** What goes with a request beside its address. */
interface Sent<D extends Operation> {
  path?: D['path'];
  query?: D['query'];
  /** Makes a repeated request the same one. */
  key?: string;
}

const visitor: Bearer = { token: () => Promise.resolve(undefined), refused: () => undefined };

/** How long a person waits at most for an answer, in milliseconds. */
const patience = 15_000;

/** Speaks with our own API, mostly in JSON; everything but a success is an `ApiFailure`. */
export class Http {
  constructor(
    private readonly send: typeof fetch = (...request) => fetch(...request),
    private readonly bearer: Bearer = visitor,
  ) {}

  /** `GET` of the operation `D`, answered by `R`. */
  async get<D extends Operation, R>(url: D['url'], path?: D['path'], query?: D['query']): Promise<R> {
    return json<R>(await this.#ask('GET', address(url, path, query)));
  }

  /** `GET` of something that is no JSON: a table, a drawing, a calendar. */
  async text<D extends Operation>(url: D['url'], path?: D['path'], query?: D['query']): Promise<string> {
    return (await this.#ask('GET', address(url, path, query))).text();
  }

  /** `POST` of the operation `D`, answered by `R`. */
  async post<D extends Operation, R>(url: D['url'], body: D['body'], sent: Sent<D> = {}): Promise<R> {
    return json<R>(await this.#json('POST', url, body, sent));
  }

  /** `PUT` of the operation `D`, answered by `R`. */
  async put<D extends Operation, R>(url: D['url'], body: D['body'], sent: Sent<D> = {}): Promise<R> {
    return json<R>(await this.#json('PUT', url, body, sent));
  }

  /** `PATCH` of the operation `D`, answered by `R`. */
  async patch<D extends Operation, R>(url: D['url'], body: D['body'], sent: Sent<D> = {}): Promise<R> {
    return json<R>(await this.#json('PATCH', url, body, sent));
  }

  /** `DELETE` of the operation `D`, answered by `R`. */
  async delete<D extends Operation, R = void>(url: D['url'], sent: Sent<D> = {}): Promise<R> {
    return json<R>(await this.#ask('DELETE', address(url, sent.path, sent.query)));
  }

  /** `POST` of a text of another kind than JSON. */
  async upload<D extends Operation, R>(url: D['url'], text: string, type: string, sent: Sent<D>): Promise<R> {
    const headers = { 'Content-Type': type, ...keyed(sent.key) };
    return json<R>(await this.#ask('POST', address(url, sent.path, sent.query), { headers, body: text }));
  }

  #json<D extends Operation>(
    method: string,
    url: D['url'],
    body: D['body'],
    sent: Sent<D>,
  ): Promise<Response> {
    const headers = keyed(sent.key);
    if (body === undefined) return this.#ask(method, address(url, sent.path, sent.query), { headers });
    return this.#ask(method, address(url, sent.path, sent.query), {
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  async #ask(method: string, url: string, init: { headers?: HeadersInit; body?: string } = {}) {
    const token = await this.bearer.token();
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    const answer = await this.#reach(url, { ...init, method, headers });
    if (answer.ok) return answer;

    if (answer.status === 401 && token !== undefined) this.bearer.refused();
    const problem = await problemOf(answer);
    throw new ApiFailure(kindOf(answer.status, problem), problem);
  }

  async #reach(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.send(url, { ...init, signal: AbortSignal.timeout(patience) });
    } catch {
      throw new ApiFailure(navigator.onLine ? 'unavailable' : 'offline');
    }
  }
}

function keyed(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'Idempotency-Key': key };
}

/** Writes the values into `/products/{gtin}`, and the query behind it; a list repeats its name. */
function address(url: string, path: object = {}, query: object = {}): string {
  const values = new Map<string, unknown>(Object.entries(path));
  const filled = url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined) asked.append(name, String(one));
  }
  return asked.size > 0 ? `${filled}?${asked.toString()}` : filled;
}

async function json<R>(answer: Response): Promise<R> {
  if (answer.status === 204) return undefined as R;
  try {
    return (await answer.json()) as R;
  } catch {
    throw new ApiFailure('unexpected'); // a success that is not JSON is not from our API
  }
}

async function problemOf(answer: Response): Promise<Problem | undefined> {
  if (!answer.headers.get('Content-Type')?.startsWith('application/problem+json')) return undefined;
  try {
    return (await answer.json()) as Problem;
  } catch {
    return undefined; // cut off on the way: the status has to do
  }
}
