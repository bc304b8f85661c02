-- Consents: every decision that was ever made, and the proof that is left of it after an erasure.

create table identity.consents (
    position       bigint      generated always as identity,
    account_id     uuid,
    visitor_id     uuid,
    purpose        text        not null,
    granted        boolean     not null,
    policy_version text        not null,
    changed_at     timestamptz not null,
    constraint consents_pkey primary key (position),
    constraint consents_belong_to_one check (num_nonnulls(account_id, visitor_id) = 1),
    constraint consents_of_an_account foreign key (account_id) references identity.accounts (account_id),
    constraint consents_purpose_known check (purpose in ('health_profile', 'measurement'))
);

comment on table identity.consents is 'Decisions in their order; the newest of a purpose holds. Append-only: identity_svc can neither change nor delete.';
comment on column identity.consents.policy_version is 'The text that the person saw.';

create index consents_account_idx on identity.consents (account_id, purpose, position desc) where account_id is not null;
create index consents_visitor_idx on identity.consents (visitor_id, purpose, position desc) where visitor_id is not null;

create table identity.consent_proofs (
    position       bigint      generated always as identity,
    pseudonym      bytea       not null,
    purpose        text        not null,
    granted        boolean     not null,
    policy_version text        not null,
    changed_at     timestamptz not null,
    constraint consent_proofs_pkey primary key (position)
);

comment on table identity.consent_proofs is 'What is left of the consents of erased people, as proof that there was one (GDPR, articles 7(1) and 17(3)(e)).';
comment on column identity.consent_proofs.pseudonym is 'HMAC-SHA-256 of the account''s or visitor''s id under the secret pseudonym-key.';

-- The only way in which a decision leaves the history: into the proofs, without the person's ids.
create function identity.erase_consents(account uuid, visitors uuid[], pseudonym bytea)
    returns void
    language sql
    security definer
    set search_path = ''
begin atomic
    insert into identity.consent_proofs (pseudonym, purpose, granted, policy_version, changed_at)
    select erase_consents.pseudonym, c.purpose, c.granted, c.policy_version, c.changed_at
      from identity.consents c
     where c.account_id = account or c.visitor_id = any (visitors)
     order by c.position;
    delete from identity.consents c
     where c.account_id = account or c.visitor_id = any (visitors);
end;

revoke all on function identity.erase_consents(uuid, uuid[], bytea) from public;
grant execute on function identity.erase_consents(uuid, uuid[], bytea) to identity_svc;
grant select, insert on identity.consents to identity_svc;
