import type { Http } from './http';
import type {
  Account,
  AccountChange,
  ChangeMeData,
  Consent,
  ConsentPage,
  DecideConsentData,
  DecideVisitorConsentData,
  EraseMeData,
  EraseVisitorData,
  Erasure,
  ErasureStarted,
  Export,
  ExportMeData,
  GetErasureData,
  GetExportData,
  GetJobData,
  GetMeData,
  Job,
  JobStarted,
  ListConsentHistoryData,
  ListConsentsData,
  ListVisitorConsentsData,
  Purpose,
  RegisterAccountData,
  Registered,
  Registration,
} from './types';

/** The texts that a person consents to, as they stand in the catalogues now. */
export const policyVersion = '2026-11';

/** What identity answers to a person about their own account. */
export class AccountApi {
  constructor(private readonly http: Http) {}

  register(registration: Registration, key: string): Promise<Registered | undefined> {
    return this.http.post<RegisterAccountData, Registered | undefined>('/api/v1/accounts', registration, {
      key,
    });
  }

  me(): Promise<Account> {
    return this.http.get<GetMeData, Account>('/api/v1/me');
  }

  change(change: AccountChange): Promise<Account> {
    return this.http.patch<ChangeMeData, Account>('/api/v1/me', change);
  }

  consents(): Promise<ConsentPage> {
    return this.http.get<ListConsentsData, ConsentPage>('/api/v1/me/consents');
  }

  consentHistory(cursor?: string): Promise<ConsentPage> {
    return this.http.get<ListConsentHistoryData, ConsentPage>(
      '/api/v1/me/consents/history',
      undefined,
      cursor === undefined ? {} : { cursor },
    );
  }

  decide(purpose: Purpose, granted: boolean): Promise<Consent> {
    return this.http.put<DecideConsentData, Consent>(
      '/api/v1/me/consents/{purpose}',
      { granted, policy_version: policyVersion },
      { path: { purpose } },
    );
  }

  visitorConsents(): Promise<ConsentPage> {
    return this.http.get<ListVisitorConsentsData, ConsentPage>('/api/v1/visitor/consents');
  }

  decideAsVisitor(purpose: Purpose, granted: boolean): Promise<Consent> {
    return this.http.put<DecideVisitorConsentData, Consent>(
      '/api/v1/visitor/consents/{purpose}',
      { granted, policy_version: policyVersion },
      { path: { purpose } },
    );
  }

  startExport(key: string): Promise<JobStarted> {
    return this.http.post<ExportMeData, JobStarted>('/api/v1/me/export', undefined, { key });
  }

  /** How far a job of the caller's own is, an export or an import. */
  job(jobId: string): Promise<Job> {
    return this.http.get<GetJobData, Job>('/api/v1/jobs/{job_id}', { job_id: jobId });
  }

  exported(jobId: string): Promise<Export> {
    return this.http.get<GetExportData, Export>('/api/v1/me/exports/{job_id}', { job_id: jobId });
  }

  erase(): Promise<ErasureStarted> {
    return this.http.delete<EraseMeData, ErasureStarted>('/api/v1/me');
  }

  eraseVisitor(): Promise<ErasureStarted> {
    return this.http.delete<EraseVisitorData, ErasureStarted>('/api/v1/visitor');
  }

  erasure(erasureId: string): Promise<Erasure> {
    return this.http.get<GetErasureData, Erasure>('/api/v1/erasures/{erasure_id}', { erasure_id: erasureId });
  }

  /** Makes this browser a new visitor: what it scanned stays with the account. */
  leave(): Promise<void> {
    return this.http.post<{ url: '/api/v1/visitor/sign-out'; body?: undefined }, void>(
      '/api/v1/visitor/sign-out',
      undefined,
    );
  }
}
