import type { Problem } from './types';

/** Why there is no answer, as far as a person can do something about it. */
export type FailureKind = 'offline' | 'busy' | 'unavailable' | 'not_found' | 'refused' | 'unexpected';

/** A request that was not answered as asked. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    readonly kind: FailureKind,
    /** What the server said about it, where it said something. */
    readonly problem?: Problem,
  ) {
    super(problem?.title ?? kind);
  }
}

/** The kind of an answer that is no success. */
export function kindOf(status: number): FailureKind {
  if (status === 404) return 'not_found';
  // 409: the first request with this key is still running
  if (status === 409 || status === 429) return 'busy';
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  return status >= 500 ? 'unexpected' : 'refused';
}

/** Anything thrown, as a failure: what we did not foresee is `unexpected`. */
export function asFailure(thrown: unknown): ApiFailure {
  return thrown instanceof ApiFailure ? thrown : new ApiFailure('unexpected');
}
