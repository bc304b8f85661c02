import type { Http } from './http';
import type {
  AppointBrandUserData,
  Brand,
  BrandChange,
  BrandPage,
  BrandRequest,
  BrandRole,
  BrandUser,
  BrandUserPage,
  ChangeBrandData,
  DismissBrandUserData,
  ListBrandUsersData,
  ListBrandsData,
  MakeBrandData,
} from './types';

const brand = '/api/v1/admin/brands/{brand_id}';

/** What identity answers to an administrator of the platform. */
export class AdminApi {
  constructor(private readonly http: Http) {}

  brands(cursor?: string): Promise<BrandPage> {
    return this.http.get<ListBrandsData, BrandPage>(
      '/api/v1/admin/brands',
      undefined,
      cursor === undefined ? {} : { cursor },
    );
  }

  make(request: BrandRequest, key: string): Promise<Brand> {
    return this.http.post<MakeBrandData, Brand>('/api/v1/admin/brands', request, { key });
  }

  change(brandId: string, change: BrandChange): Promise<Brand> {
    return this.http.patch<ChangeBrandData, Brand>(brand, change, { path: { brand_id: brandId } });
  }

  users(brandId: string): Promise<BrandUserPage> {
    return this.http.get<ListBrandUsersData, BrandUserPage>(`${brand}/users`, { brand_id: brandId });
  }

  appoint(brandId: string, accountId: string, role: BrandRole, key: string): Promise<BrandUser> {
    const body = { account_id: accountId, role };
    const path = { brand_id: brandId };
    return this.http.post<AppointBrandUserData, BrandUser>(`${brand}/users`, body, { path, key });
  }

  dismiss(brandId: string, accountId: string): Promise<void> {
    return this.http.delete<DismissBrandUserData>(`${brand}/users/{account_id}`, {
      path: { brand_id: brandId, account_id: accountId },
    });
  }
}
