import { ApiFailure, kindOf } from './failure';
import type { Problem } from './types';

/** An operation of the API, as generated from its OpenAPI document. */
interface Operation {
  url: string;
  path?: object;
  body?: unknown;
}

/** How long a person waits at most for an answer, in milliseconds. */
const patience = 15_000;

/** Speaks JSON with our own API; everything but a success is an `ApiFailure`. */
export class Http {
  constructor(private readonly send: typeof fetch = (...request) => fetch(...request)) {}

  /** `GET` of the operation `D`, answered by `R`. */
  get<D extends Operation, R>(url: D['url'], path: D['path']): Promise<R> {
    return this.#ask<R>(fill(url, path), {});
  }

  /** `POST` of the operation `D`, answered by `R`. `key` makes a repeated request the same one. */
  post<D extends Operation, R>(url: D['url'], body: D['body'], key: string): Promise<R> {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
    return this.#ask<R>(url, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #ask<R>(url: string, init: RequestInit): Promise<R> {
    const answer = await this.#reach(url, init);
    if (!answer.ok) throw new ApiFailure(kindOf(answer.status), await problemOf(answer));
    try {
      return (await answer.json()) as R;
    } catch {
      throw new ApiFailure('unexpected'); // a success that is not JSON is not from our API
    }
  }

  async #reach(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.send(url, { ...init, signal: AbortSignal.timeout(patience) });
    } catch {
      throw new ApiFailure(navigator.onLine ? 'unavailable' : 'offline');
    }
  }
}

/** Writes the values into `/products/{gtin}`. */
function fill(url: string, path: object = {}): string {
  const values = new Map<string, unknown>(Object.entries(path));
  return url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
}

async function problemOf(answer: Response): Promise<Problem | undefined> {
  if (!answer.headers.get('Content-Type')?.startsWith('application/problem+json')) return undefined;
  try {
    return (await answer.json()) as Problem;
  } catch {
    return undefined; // cut off on the way: the status has to do
  }
}
