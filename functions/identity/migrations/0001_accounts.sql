-- Accounts, registrations on their way, and visitors who turned out to be accounts.

grant usage on schema identity to identity_svc;

create table identity.accounts (
    account_id   uuid        not null,
    display_name text,
    language     text        not null,
    time_zone    text        not null,
    units        text        not null,
    created_at   timestamptz not null,
    constraint accounts_pkey primary key (account_id),
    constraint accounts_units_known check (units in ('metric', 'imperial'))
);

comment on table identity.accounts is 'People with an account. Credentials and the e-mail address are Keycloak''s.';
comment on column identity.accounts.account_id is 'Equals the Keycloak user''s id, which Keycloak gave.';
comment on column identity.accounts.time_zone is 'IANA name, in which dates are judged.';

create table identity.registrations (
    email        text        not null,
    visitor_id   uuid,
    display_name text,
    language     text        not null,
    begun_at     timestamptz not null,
    tried_at     timestamptz not null,
    constraint registrations_pkey primary key (email)
);

comment on table identity.registrations is 'Registrations that may have a Keycloak user without an account: written before Keycloak is asked, gone with the account. What a killed process leaves is finished by the next try or by the schedule.';
comment on column identity.registrations.begun_at is 'A Keycloak user who is older is somebody else''s.';

create table identity.visitor_links (
    visitor_id uuid        not null,
    account_id uuid        not null,
    linked_at  timestamptz not null,
    constraint visitor_links_pkey primary key (visitor_id),
    constraint visitor_links_of_an_account foreign key (account_id) references identity.accounts (account_id)
);

comment on table identity.visitor_links is 'Which account a browser turned out to be. A visitor never moves to another account.';

create index visitor_links_account_idx on identity.visitor_links (account_id);

grant select, insert, update, delete on identity.accounts to identity_svc;
grant select, insert, update, delete on identity.registrations to identity_svc;
grant select, insert, delete on identity.visitor_links to identity_svc;
