import { asFailure, type ApiFailure } from '../../api/failure';
import type { PassportApi } from '../../api/passport-api';
import type { Passport, Scan, Verdict } from '../../api/types';
import type { Services } from '../../context';
import { fromQuery, type Pack } from './pack';

/** What the page shows. */
export type State =
  | { at: 'loading' }
  | {
      at: 'ready';
      passport: Passport;
      pack: Pack;
      /** Absent while it is being asked for. */
      verdict: Verdict | undefined;
      /** The verdict was worked out on this device. */
      onDevice: boolean;
      /** The scan that led here, where there was one. */
      scanId: string | undefined;
      /** What the device kept: the server could not be asked. */
      stale: boolean;
    }
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

/** What the view needs of the app. */
export type Needs = Pick<Services, 'session' | 'offline'> & {
  passports: Pick<PassportApi, 'scan' | 'product' | 'verdict'>;
  /** Works a verdict out on this device; `undefined` where it lacks what it takes. */
  judge: (passport: Passport, pack: Pack, today: string) => Promise<Verdict | undefined>;
};

/** The passport of a product, and of the pack in the person's hand where a scan told about it. */
export class PassportView {
  #state = $state.raw<State>({ at: 'loading' });

  constructor(
    private readonly needs: Needs,
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
      if (scan) this.#ofScan(scan);
      else await this.#ofProduct();
    } catch (thrown) {
      this.#state = this.#ofFailure(asFailure(thrown));
    }
  }

  /** The scan that the address names. A link that somebody passed on names one that is not ours to see. */
  async #scan(): Promise<Scan | undefined> {
    const id = this.address.query.get('scan');
    if (id === null) return undefined;
    try {
      const scan = await this.needs.passports.scan(id);
      return scan.identifier.gtin === this.address.gtin.padStart(14, '0') ? scan : undefined;
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.kind === 'not_found' || failure.kind === 'refused') return undefined;
      // Without a network the history knows the scan, and the device may know the product.
      const kept = await this.needs.offline.kept('scans');
      const scan = kept?.find(({ scan_id }) => scan_id === id);
      if (scan === undefined && (failure.kind === 'offline' || failure.kind === 'unavailable'))
        return undefined;
      if (scan === undefined) throw failure;
      return { ...scan, verdict: { status: 'unavailable' } };
    }
  }

  #ofScan({ scan_id, passport, identifier: { gtin: _, ...pack }, verdict }: Scan): void {
    if (!passport) {
      this.#state = { at: 'empty', pack, counted: true };
      return;
    }
    void this.needs.offline.keepPassport(passport);
    const ready = { at: 'ready', passport, pack, scanId: scan_id, onDevice: false, stale: false } as const;
    this.#state = { ...ready, verdict };
    if (verdict.status === 'unavailable') void this.#judge(passport, pack, this.#asked(pack));
  }

  async #ofProduct(): Promise<void> {
    const { passports, offline, session } = this.needs;
    const { gtin } = this.address;
    const pack = this.#pack();
    // Side by side: neither the product nor who sits here and what suits them should wait for the other.
    const asked = session.restore().then(() => (session.isAccount ? this.#asked(pack) : undefined));
    const { value: passport, stale } = await offline.passport(gtin, () => passports.product(gtin));
    const ready = { at: 'ready', passport, pack, scanId: undefined, onDevice: false, stale } as const;
    await session.restore();
    if (!session.isAccount) {
      this.#state = { ...ready, verdict: { status: 'not_requested' } };
      return;
    }
    this.#state = { ...ready, verdict: undefined };
    await this.#judge(passport, pack, asked);
  }

  /** The verdict that was asked for; where nobody could be asked, one worked out here. */
  async #judge(passport: Passport, pack: Pack, asked: Promise<Verdict | undefined>): Promise<void> {
    const verdict = await asked;
    if (verdict) return this.#judged(verdict, false);
    const own = navigator.onLine ? undefined : await this.needs.judge(passport, pack, this.today);
    this.#judged(own ?? { status: 'unavailable' }, own !== undefined);
  }

  async #asked({ lot, use_by, best_before }: Pack): Promise<Verdict | undefined> {
    const of = {
      ...(lot === undefined ? {} : { lot }),
      ...(use_by === undefined ? {} : { use_by }),
      ...(best_before === undefined ? {} : { best_before }),
    };
    try {
      return await this.needs.passports.verdict(this.address.gtin, of);
    } catch {
      return undefined; // the passport is shown all the same
    }
  }

  #judged(verdict: Verdict, onDevice: boolean): void {
    if (this.#state.at === 'ready') this.#state = { ...this.#state, verdict, onDevice };
  }

  #ofFailure(failure: ApiFailure): State {
    if (failure.kind === 'not_found') return { at: 'empty', pack: this.#pack(), counted: false };
    return failure.kind === 'refused' ? { at: 'invalid' } : { at: 'failed', failure };
  }

  #pack(): Pack {
    return fromQuery(this.address.query, this.today);
  }
}
