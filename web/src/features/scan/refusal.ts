import type { ApiFailure } from '../../api/failure';
import type { Problem } from '../../api/types';

type CodeError = NonNullable<Problem['errors']>[number];

/** Why a code is not valid, and where. */
export interface Refusal {
  kind: NonNullable<CodeError['code']> | 'other';
  /** 0-based byte offset into the code, where one place is to blame. */
  position?: number | undefined;
}

/** What the server found wrong with a code; `undefined` for a failure that is not about the code. */
export function refusalOf(failure: ApiFailure): Refusal | undefined {
  if (failure.kind !== 'refused') return undefined;
  const error = failure.problem?.errors?.[0];
  return { kind: error?.code ?? 'other', position: error?.position };
}

/** A code around the place that is to blame. */
export interface Marked {
  before: string;
  at: string;
  after: string;
}

/** Splits a code at a byte offset, control characters made visible (FNC1 is ␝). */
export function mark(code: string, position: number): Marked | undefined {
  const bytes = new TextEncoder().encode(code);
  if (position >= bytes.length) return undefined;
  const before = new TextDecoder().decode(bytes.slice(0, position));
  const [at = '', ...after] = [...code.slice(before.length)];
  return { before: visible(before), at: visible(at), after: visible(after.join('')) };
}

function visible(text: string): string {
  return [...text]
    .map((char) => (char < ' ' ? String.fromCodePoint(0x2400 + (char.codePointAt(0) ?? 0)) : char))
    .join('');
}
