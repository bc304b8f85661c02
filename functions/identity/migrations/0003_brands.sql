-- Brands, the GS1 company prefixes that were verified for them, and who may keep their products.

create table identity.brands (
    brand_id      uuid        not null,
    name          text        not null,
    trusted       boolean     not null,
    measured      boolean     not null,
    window_length text        not null,
    window_from   date        not null,
    created_at    timestamptz not null,
    constraint brands_pkey primary key (brand_id),
    constraint brands_window_known check (window_length in ('P1D', 'P7D'))
);

comment on table identity.brands is 'Brands, made by administrators.';
comment on column identity.brands.trusted is 'An administrator vouches for it: its facts count as brand-attested.';
comment on column identity.brands.window_from is 'The first day (UTC) on which the length of windows holds.';

create table identity.brand_prefixes (
    prefix   text      not null,
    brand_id uuid      not null,
    covers   int8range not null generated always as (
        int8range(rpad(prefix, 13, '0')::bigint, rpad(prefix, 13, '9')::bigint, '[]')
    ) stored,
    constraint brand_prefixes_pkey primary key (prefix),
    constraint brand_prefixes_of_a_brand foreign key (brand_id) references identity.brands (brand_id),
    constraint brand_prefixes_are_digits check (prefix ~ '^[0-9]{4,12}$'),
    constraint brand_prefixes_do_not_overlap exclude using gist (covers with &&)
);

comment on table identity.brand_prefixes is 'GS1 company prefixes (GS1 General Specifications, 1.4.4). No GTIN-13 is under those of two brands.';
comment on column identity.brand_prefixes.covers is 'The GTIN-13s that begin with the prefix, as numbers.';

create index brand_prefixes_brand_idx on identity.brand_prefixes (brand_id);

create table identity.brand_users (
    account_id uuid not null,
    brand_id   uuid not null,
    role       text not null,
    constraint brand_users_pkey primary key (account_id),
    constraint brand_users_of_an_account foreign key (account_id) references identity.accounts (account_id),
    constraint brand_users_of_a_brand foreign key (brand_id) references identity.brands (brand_id),
    constraint brand_users_role_known check (role in ('owner', 'editor', 'viewer'))
);

comment on table identity.brand_users is 'An account is a user of one brand at most.';

create index brand_users_brand_idx on identity.brand_users (brand_id);

grant select, insert, update on identity.brands to identity_svc;
grant select, insert, delete on identity.brand_prefixes to identity_svc;
grant select, insert, update, delete on identity.brand_users to identity_svc;
