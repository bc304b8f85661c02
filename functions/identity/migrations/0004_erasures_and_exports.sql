-- Erasures with who has confirmed them, tokens that are void, and exports.

create table identity.erasures (
    erasure_id   uuid        not null,
    account_id   uuid,
    requested_at timestamptz not null,
    completed_at timestamptz,
    constraint erasures_pkey primary key (erasure_id),
    constraint erasures_forget_when_completed check ((account_id is null) = (completed_at is not null))
);

comment on table identity.erasures is 'Erasures of people. Once everybody has confirmed, nothing in the row is about a person.';
comment on column identity.erasures.erasure_id is 'UUIDv4, known to who asked.';
comment on column identity.erasures.account_id is 'The account, or the visitor who asked without one; forgotten when completed.';

create unique index erasures_account_idx on identity.erasures (account_id) where account_id is not null;

create table identity.erasure_confirmations (
    erasure_id   uuid        not null,
    service      text        not null,
    completed_at timestamptz,
    constraint erasure_confirmations_pkey primary key (erasure_id, service),
    constraint erasure_confirmations_of_an_erasure foreign key (erasure_id) references identity.erasures (erasure_id)
);

comment on table identity.erasure_confirmations is 'Who holds data of the person, as the manifest said, and when it was gone there.';

create table identity.revocations (
    account_digest bytea       not null,
    revoked_at     timestamptz not null,
    constraint revocations_pkey primary key (account_digest)
);

comment on table identity.revocations is 'Accounts whose tokens are void although they have not expired; kept while a token may live.';
comment on column identity.revocations.account_digest is 'SHA-256 of the account id''s text: nobody holds the id of an erased account.';

create index revocations_time_idx on identity.revocations (revoked_at);

create table identity.exports (
    job_id       uuid        not null,
    account_id   uuid        not null,
    requested_at timestamptz not null,
    claimed_at   timestamptz,
    done         integer     not null default 0,
    total        integer     not null,
    failure      text,
    document     jsonb,
    finished_at  timestamptz,
    constraint exports_pkey primary key (job_id),
    constraint exports_of_an_account foreign key (account_id) references identity.accounts (account_id),
    constraint exports_finish_with_something check ((finished_at is null) = (num_nonnulls(failure, document) = 0))
);

comment on table identity.exports is 'Exports that people asked for; kept for a day after they are finished.';
comment on column identity.exports.claimed_at is 'Since when somebody works on it; who has not finished after a minute has died.';
comment on column identity.exports.document is 'Export as in shared-contracts.';

create index exports_account_idx on identity.exports (account_id);

grant select, insert, update, delete on identity.erasures to identity_svc;
grant select, insert, update, delete on identity.erasure_confirmations to identity_svc;
grant select, insert, delete on identity.revocations to identity_svc;
grant select, insert, update, delete on identity.exports to identity_svc;
