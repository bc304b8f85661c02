import { asFailure, type ApiFailure } from '../../api/failure';
import type { PassportApi } from '../../api/passport-api';
import type { Passport, Scan, Verdict } from '../../api/types';
import { fromQuery, type Pack } from './pack';

/** What the page shows. */
export type State =
  | { at: 'loading' }
  | { at: 'ready'; passport: Passport; pack: Pack; verdict: Verdict }
  /** The catalog lacks the product. `counted`: the person's scan is on record all the same. */
  | { at: 'empty'; pack: Pack; counted: boolean }
  /** The address has no valid product number. */
  | { at: 'invalid' }
  | { at: 'failed'; failure: ApiFailure };

/** Where the page was opened: `/p/{gtin}?scan=…`. */
export interface Address {
  gtin: string;
  query: URLSearchParams;
}

/** The passport of a product, and of the pack in the person's hand where a scan told about it. */
export class PassportView {
  #state = $state.raw<State>({ at: 'loading' });

  constructor(
    private readonly passports: Pick<PassportApi, 'scan' | 'product'>,
    private readonly address: Address,
    private readonly today: string,
  ) {}

  get state(): State {
    return this.#state;
  }

  /** Asks for the passport; again after a failure. */
  async load(): Promise<void> {
    this.#state = { at: 'loading' };
    try {
      const scan = await this.#scan();
      this.#state = scan ? ofScan(scan) : await this.#ofProduct();
    } catch (thrown) {
      this.#state = this.#ofFailure(asFailure(thrown));
    }
  }

  /** The scan that the address names. A link that somebody passed on names one that is not ours to see. */
  async #scan(): Promise<Scan | undefined> {
    const id = this.address.query.get('scan');
    if (id === null) return undefined;
    try {
      const scan = await this.passports.scan(id);
      return scan.identifier.gtin === this.address.gtin.padStart(14, '0') ? scan : undefined;
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.kind === 'not_found' || failure.kind === 'refused') return undefined;
      throw failure;
    }
  }

  async #ofProduct(): Promise<State> {
    const passport = await this.passports.product(this.address.gtin);
    return { at: 'ready', passport, pack: this.#pack(), verdict: { status: 'not_requested' } };
  }

  #ofFailure(failure: ApiFailure): State {
    if (failure.kind === 'not_found') return { at: 'empty', pack: this.#pack(), counted: false };
    return failure.kind === 'refused' ? { at: 'invalid' } : { at: 'failed', failure };
  }

  #pack(): Pack {
    return fromQuery(this.address.query, this.today);
  }
}

function ofScan({ passport, identifier: { gtin: _, ...pack }, verdict }: Scan): State {
  return passport ? { at: 'ready', passport, pack, verdict } : { at: 'empty', pack, counted: true };
}
