import type { ApiFailure } from '../api/failure';
import type { Messages } from './en';

/** A failure in a person's words. */
export interface Description {
  title: string;
  text: string;
  /** The words before the reference to quote, and the reference. */
  reference: { lead: string; id?: string | undefined };
}

/** Says what went wrong and what to do about it. */
export function describe({ kind, problem }: ApiFailure, { failure }: Messages): Description {
  const words = failure[kind === 'not_found' ? 'unexpected' : kind];
  return { ...words, reference: { lead: failure.reference, id: problem?.request_id } };
}
