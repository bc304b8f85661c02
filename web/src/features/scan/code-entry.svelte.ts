import { asFailure, type ApiFailure } from '../../api/failure';
import { newKey } from '../../api/idempotency';
import type { PassportApi } from '../../api/passport-api';
import type { Scan } from '../../api/types';
import { refusalOf, type Refusal } from './refusal';

/** How far the entry of a code has come. */
export type State =
  | { at: 'ready' }
  | { at: 'empty' }
  | { at: 'sending' }
  | { at: 'refused'; code: string; refusal: Refusal }
  | { at: 'failed'; failure: ApiFailure };

/** A code that somebody gives, until a scan of it is on record. */
export class CodeEntry {
  #state = $state.raw<State>({ at: 'ready' });
  #attempt = { code: '', key: '' };

  constructor(private readonly passports: Pick<PassportApi, 'record'>) {}

  get state(): State {
    return this.#state;
  }

  /** Records a scan of the code, as typed or as a scanner read it; `undefined` when that did not work, and `state` says why. */
  async submit(typed: string, symbology?: string): Promise<Scan | undefined> {
    // What a scanner read is passed on as it is.
    const code = symbology === undefined ? typed.trim() : typed;
    if (this.#state.at === 'sending') return undefined;
    if (code === '') {
      this.#state = { at: 'empty' };
      return undefined;
    }

    this.#state = { at: 'sending' };
    try {
      const scan = await this.passports.record(code, this.#key(code), symbology);
      this.#attempt = { code: '', key: '' };
      this.#state = { at: 'ready' };
      return scan;
    } catch (thrown) {
      const failure = asFailure(thrown);
      const refusal = refusalOf(failure);
      this.#state = refusal ? { at: 'refused', code, refusal } : { at: 'failed', failure };
      return undefined;
    }
  }

  /** The same code after a failure is the same attempt: an answer that got lost counts once. */
  #key(code: string): string {
    if (this.#attempt.code !== code) this.#attempt = { code, key: newKey() };
    return this.#attempt.key;
  }
}
