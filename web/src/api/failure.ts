import type { Problem } from './types';

/** Why there is no answer, as far as a person can do something about it. */
export type FailureKind =
  | 'offline'
  | 'busy'
  | 'unavailable'
  | 'not_found'
  /** Nobody is signed in, or not any more. */
  | 'signed_out'
  /** Signed in, but without the right. */
  | 'forbidden'
  /** What is there does not allow it: gone, changed meanwhile, or in need of a confirmation. */
  | 'conflict'
  | 'refused'
  | 'unexpected';

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

const kinds: Readonly<Record<number, FailureKind>> = {
  401: 'signed_out',
  403: 'forbidden',
  404: 'not_found',
  412: 'conflict',
  429: 'busy',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** The kind of an answer that is no success. */
export function kindOf(status: number, problem?: Problem): FailureKind {
  // Either it conflicts with what is there, or the first request with this key is still running.
  if (status === 409) return problem?.type.endsWith(':conflict') ? 'conflict' : 'busy';
  return kinds[status] ?? (status >= 500 ? 'unexpected' : 'refused');
}

/** Anything thrown, as a failure: what we did not foresee is `unexpected`. */
export function asFailure(thrown: unknown): ApiFailure {
  return thrown instanceof ApiFailure ? thrown : new ApiFailure('unexpected');
}
