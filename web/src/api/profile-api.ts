import type { Http } from './http';
import type {
  AddHouseholdProfileData,
  DeleteHouseholdProfileData,
  DeleteProfileData,
  GetProfileData,
  GetVerdictRulesData,
  HealthProfile,
  KeptProfile,
  ListHouseholdProfilesData,
  ListVerdictRulesData,
  ProfilePage,
  PutHouseholdProfileData,
  PutProfileData,
  RuleSet,
  RuleSetPage,
} from './types';

const member = '/api/v1/me/household/profiles/{profile_id}';

/** What personalization answers: Health Profiles, and the rules that verdicts are made with. */
export class ProfileApi {
  constructor(private readonly http: Http) {}

  own(): Promise<KeptProfile> {
    return this.http.get<GetProfileData, KeptProfile>('/api/v1/me/profile');
  }

  keepOwn(profile: HealthProfile): Promise<KeptProfile> {
    return this.http.put<PutProfileData, KeptProfile>('/api/v1/me/profile', profile);
  }

  eraseOwn(): Promise<void> {
    return this.http.delete<DeleteProfileData>('/api/v1/me/profile');
  }

  /** The further members of the household: there are at most twenty. */
  members(): Promise<ProfilePage> {
    return this.http.get<ListHouseholdProfilesData, ProfilePage>('/api/v1/me/household/profiles', undefined, {
      limit: 200,
    });
  }

  addMember(profile: HealthProfile, key: string): Promise<KeptProfile> {
    return this.http.post<AddHouseholdProfileData, KeptProfile>('/api/v1/me/household/profiles', profile, {
      key,
    });
  }

  keepMember(profileId: string, profile: HealthProfile): Promise<KeptProfile> {
    const path = { profile_id: profileId };
    return this.http.put<PutHouseholdProfileData, KeptProfile>(member, profile, { path });
  }

  eraseMember(profileId: string): Promise<void> {
    return this.http.delete<DeleteHouseholdProfileData>(member, { path: { profile_id: profileId } });
  }

  ruleSets(): Promise<RuleSetPage> {
    return this.http.get<ListVerdictRulesData, RuleSetPage>('/api/v1/verdict-rules');
  }

  ruleSet(version: string): Promise<RuleSet> {
    return this.http.get<GetVerdictRulesData, RuleSet>('/api/v1/verdict-rules/{version}', { version });
  }
}
