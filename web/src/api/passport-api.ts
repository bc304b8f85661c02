import type { Http } from './http';
import type {
  GetProductData,
  GetScanData,
  ListScansData,
  Passport,
  RecordScanData,
  Scan,
  ScanPage,
  Verdict,
} from './types';

/** A package, as far as its code says which it is. */
export interface Package {
  lot?: string;
  use_by?: string;
  best_before?: string;
}

/** What the passport service answers. */
export class PassportApi {
  #recorded: Scan | undefined;

  /** `open` asks what is the same for everybody, without waiting for who sits here. */
  constructor(
    private readonly http: Http,
    private readonly open: Http = http,
  ) {}

  /** Records a scan of a code as somebody typed or read it; a scanner also says what symbol it read. */
  async record(code: string, key: string, symbology?: string): Promise<Scan> {
    const body = symbology === undefined ? { code } : { code, symbology };
    this.#recorded = await this.http.post<RecordScanData, Scan>('/api/v1/scans', body, { key });
    return this.#recorded;
  }

  /** The caller's own scans, the newest first. */
  scans(cursor?: string): Promise<ScanPage> {
    return this.http.get<ListScansData, ScanPage>(
      '/api/v1/scans',
      undefined,
      cursor === undefined ? {} : { cursor },
    );
  }

  /** A scan of the caller's own. The one recorded a moment ago is not asked for again. */
  async scan(scanId: string): Promise<Scan> {
    const recorded = this.#recorded;
    this.#recorded = undefined;
    if (recorded?.scan_id === scanId) return recorded;
    return this.http.get<GetScanData, Scan>('/api/v1/scans/{scan_id}', { scan_id: scanId });
  }

  /** The passport of a product; no scan is recorded. */
  product(gtin: string): Promise<Passport> {
    return this.open.get<GetProductData, Passport>('/api/v1/products/{gtin}', { gtin });
  }

  /** What the product comes to for the caller and their household. */
  verdict(gtin: string, of: Package): Promise<Verdict> {
    return this.http.get<VerdictAsked, Verdict>('/api/v1/me/verdicts/{gtin}', { gtin }, of);
  }
}

/** The operation `getMyVerdict`. */
interface VerdictAsked {
  url: '/api/v1/me/verdicts/{gtin}';
  path: { gtin: string };
  query: Package;
}
