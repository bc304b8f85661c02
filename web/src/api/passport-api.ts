import type { RecordScanData, GetProductData, GetScanData, Passport, Scan } from './types';
import type { Http } from './http';

/** What the passport service answers. */
export class PassportApi {
  #recorded: Scan | undefined;

  constructor(private readonly http: Http) {}

  /** Records a scan of a code as somebody typed or read it. */
  async record(code: string, key: string): Promise<Scan> {
    this.#recorded = await this.http.post<RecordScanData, Scan>('/api/v1/scans', { code }, key);
    return this.#recorded;
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
    return this.http.get<GetProductData, Passport>('/api/v1/products/{gtin}', { gtin });
  }
}
