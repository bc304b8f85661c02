-- Health Profiles. What a profile says stands only in ciphertext.

grant usage on schema personalization to personalization_svc;

create table personalization.profiles (
    account_id      uuid        not null,
    profile_id      uuid        not null,
    is_first        boolean     not null,
    version         bigint      not null,
    consented_at    timestamptz not null,
    constraint profiles_pkey primary key (profile_id),
    constraint profiles_version_counts_from_one check (version >= 1)
);

comment on table personalization.profiles is 'Which Health Profiles a household has.';
comment on column personalization.profiles.account_id is 'Keycloak''s id of the account.';
comment on column personalization.profiles.is_first is 'Whether it is the account''s own (me/profile).';
comment on column personalization.profiles.version is 'The current version; counts from 1.';
comment on column personalization.profiles.consented_at is 'When the consent that the current version is stored with was given, by Identity''s clock: a withdrawal before it does not erase.';

create unique index profiles_one_first_of_account on personalization.profiles (account_id) where is_first;
create index profiles_of_account_idx on personalization.profiles (account_id, profile_id desc);

create table personalization.profile_versions (
    profile_id      uuid        not null,
    version         bigint      not null,
    key_id          text        not null,
    wrapped_key     bytea       not null,
    ciphertext      bytea       not null,
    stored_at       timestamptz not null,
    constraint profile_versions_pkey primary key (profile_id, version),
    constraint profile_versions_belong_to_a_profile foreign key (profile_id)
        references personalization.profiles (profile_id) on delete cascade
);

comment on table personalization.profile_versions is 'Every version of a profile, so that a verdict of the past replays; gone with the profile.';
comment on column personalization.profile_versions.key_id is 'Key of the secret profile-keys that wraps the data key.';
comment on column personalization.profile_versions.wrapped_key is 'Data key under that key, AES-256-GCM: nonce, ciphertext, tag.';
comment on column personalization.profile_versions.ciphertext is 'HealthProfile as JSON under the data key, AES-256-GCM; account, profile and version authenticate it.';

create index profile_versions_of_key_idx on personalization.profile_versions (key_id);

grant select, insert, update, delete on personalization.profiles to personalization_svc;
grant select, insert, update, delete on personalization.profile_versions to personalization_svc;
