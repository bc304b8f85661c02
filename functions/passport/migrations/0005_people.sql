-- Which account a browser belongs to, and who is gone.

create table passport.processed_events (
    event_id     uuid        not null,
    processed_at timestamptz not null default now(),
    constraint processed_events_pkey primary key (event_id)
);

comment on table passport.processed_events is 'Events that took effect here, by CloudEvents id: an event that comes again has none.';

create index processed_events_age_idx on passport.processed_events (processed_at);

create table passport.visitor_links (
    visitor_id uuid        not null,
    account_id uuid        not null,
    linked_at  timestamptz not null,
    constraint visitor_links_pkey primary key (visitor_id)
);

comment on table passport.visitor_links is 'What Identity says: scans of the visitor are the account''s, with or without a token. A visitor never moves.';
comment on column passport.visitor_links.linked_at is 'By Identity''s clock.';

create index visitor_links_of_account_idx on passport.visitor_links (account_id);

create table passport.erased_accounts (
    id_hash   bytea       not null,
    erased_at timestamptz not null,
    constraint erased_accounts_pkey primary key (id_hash)
);

comment on table passport.erased_accounts is 'Accounts that were erased: nothing is written for them again, whatever still arrives. No ids.';
comment on column passport.erased_accounts.id_hash is 'SHA-256 of the 122 random bits of the id: it cannot be turned back.';

grant select, insert, delete on passport.processed_events to passport_svc;
grant select, insert, delete on passport.visitor_links to passport_svc;
grant select, insert on passport.erased_accounts to passport_svc;
