import type { Http } from './http';
import type {
  Brand,
  BrandProduct,
  BrandProductPage,
  BrandRecall,
  BrandRecallPage,
  DownloadBrandMetricsData,
  DrawLabelData,
  GetBrandData,
  GetBrandLinksData,
  GetBrandMetricsData,
  GetBrandProductData,
  ImportBrandProductsData,
  JobStarted,
  LiftRecallData,
  LinkDocument,
  ListBrandProductsData,
  ListRecallsData,
  MetricsPage,
  OpenRecallData,
  Product,
  PutBrandLinksData,
  PutBrandProductData,
  RecallRequest,
  WithdrawBrandProductData,
} from './types';

const product = '/api/v1/brand/products/{gtin}';

/** What passport, identity and brand-analytics answer to a user of a brand. */
export class BrandApi {
  constructor(private readonly http: Http) {}

  brand(): Promise<Brand> {
    return this.http.get<GetBrandData, Brand>('/api/v1/brand');
  }

  products(cursor?: string): Promise<BrandProductPage> {
    return this.http.get<ListBrandProductsData, BrandProductPage>(
      '/api/v1/brand/products',
      undefined,
      cursor === undefined ? {} : { cursor },
    );
  }

  product(gtin: string): Promise<BrandProduct> {
    return this.http.get<GetBrandProductData, BrandProduct>(product, { gtin });
  }

  keep(gtin: string, stated: Product): Promise<BrandProduct> {
    return this.http.put<PutBrandProductData, BrandProduct>(product, stated, { path: { gtin } });
  }

  withdraw(gtin: string): Promise<void> {
    return this.http.delete<WithdrawBrandProductData>(product, { path: { gtin } });
  }

  /** One part of a file: whole lines, the first of which is `firstLine` of the file. */
  import(part: string, type: string, firstLine: number, key: string): Promise<JobStarted> {
    return this.http.upload<ImportBrandProductsData, JobStarted>(
      '/api/v1/brand/products/import',
      part,
      type,
      {
        key,
        query: { first_line: firstLine },
      },
    );
  }

  links(gtin: string): Promise<LinkDocument> {
    return this.http.get<GetBrandLinksData, LinkDocument>(`${product}/links`, { gtin });
  }

  keepLinks(gtin: string, links: LinkDocument): Promise<LinkDocument> {
    return this.http.put<PutBrandLinksData, LinkDocument>(`${product}/links`, links, { path: { gtin } });
  }

  label(gtin: string, query: NonNullable<DrawLabelData['query']>): Promise<string> {
    return this.http.text<DrawLabelData>(`${product}/label.svg`, { gtin }, query);
  }

  recalls(cursor?: string): Promise<BrandRecallPage> {
    return this.http.get<ListRecallsData, BrandRecallPage>(
      '/api/v1/brand/recalls',
      undefined,
      cursor === undefined ? {} : { cursor },
    );
  }

  recall(request: RecallRequest, key: string): Promise<BrandRecall> {
    return this.http.post<OpenRecallData, BrandRecall>('/api/v1/brand/recalls', request, { key });
  }

  lift(recallId: string): Promise<BrandRecall> {
    return this.http.post<LiftRecallData, BrandRecall>('/api/v1/brand/recalls/{recall_id}/lift', undefined, {
      path: { recall_id: recallId },
    });
  }

  metrics(query: NonNullable<GetBrandMetricsData['query']>): Promise<MetricsPage> {
    return this.http.get<GetBrandMetricsData, MetricsPage>('/api/v1/brand/metrics', undefined, query);
  }

  metricsTable(query: NonNullable<DownloadBrandMetricsData['query']>): Promise<string> {
    return this.http.text<DownloadBrandMetricsData>('/api/v1/brand/metrics.csv', undefined, query);
  }
}
