-- Brands, what is theirs, and the revisions that they publish.

create table passport.brands (
    brand_id   uuid        not null,
    name       text        not null,
    trusted    boolean     not null,
    changed_at timestamptz not null,
    constraint brands_pkey primary key (brand_id)
);

comment on table passport.brands is 'Brands as Identity announces them.';
comment on column passport.brands.trusted is 'An admin vouches for the brand: its facts count as brand-attested.';
comment on column passport.brands.changed_at is 'When Identity announced this state; an older announcement does not replace it.';

create table passport.brand_prefixes (
    prefix   text not null,
    brand_id uuid not null,
    constraint brand_prefixes_pkey primary key (prefix, brand_id),
    constraint brand_prefixes_of_a_brand foreign key (brand_id) references passport.brands (brand_id) on delete cascade,
    constraint brand_prefixes_are_company_prefixes check (prefix ~ '^[0-9]{4,12}$')
);

comment on table passport.brand_prefixes is 'Verified GS1 company prefixes: the digits of a GTIN-14 behind the indicator digit begin with one.';

create index brand_prefixes_of_brand_idx on passport.brand_prefixes (brand_id);

create table passport.assigned_gtins (
    gtin        text        not null,
    brand_id    uuid        not null,
    assigned_at timestamptz not null,
    constraint assigned_gtins_pkey primary key (gtin),
    constraint assigned_gtins_gtin_is_fourteen_digits check (gtin ~ '^[0-9]{14}$')
);

comment on table passport.assigned_gtins is 'GTINs that an admin gave to one brand alone, such as a GTIN-8, which no company prefix covers.';

create index assigned_gtins_of_brand_idx on passport.assigned_gtins (brand_id);

alter table passport.products
    add column brand_id uuid,
    add column facts jsonb not null default '{}',
    add column signature text;

comment on column passport.products.brand_id is 'The brand that published this revision; null for a catalogue''s.';
comment on column passport.products.facts is 'Where each fact comes from, by JSON Pointer: {source, brand_id?, at}. A fact that a revision repeats keeps its date.';
comment on column passport.products.signature is 'Detached JWS over the canonical document, by the publisher''s key.';

-- The digits that company prefixes are compared with.
create index products_company_idx on passport.products (substr(gtin, 2) collate "C");

create table passport.product_revisions (
    gtin         text        not null,
    revision     integer     not null,
    document     jsonb       not null,
    content_hash text        not null,
    source       text        not null,
    brand_id     uuid,
    facts        jsonb       not null,
    signature    text,
    published_at timestamptz not null,
    constraint product_revisions_pkey primary key (gtin, revision)
);

comment on table passport.product_revisions is 'Revisions that a later one has replaced; columns as in products.';

create table passport.publisher_keys (
    kid       text        not null,
    x         text        not null,
    signed_at timestamptz not null,
    constraint publisher_keys_pkey primary key (kid)
);

comment on table passport.publisher_keys is 'Public keys (Ed25519, base64url) that ever signed a revision: old signatures can be checked after a rotation.';

grant select, insert, update on passport.brands to passport_svc;
grant select, insert, delete on passport.brand_prefixes to passport_svc;
grant select, insert, update, delete on passport.assigned_gtins to passport_svc;
grant select, insert on passport.product_revisions to passport_svc;
grant select, insert on passport.publisher_keys to passport_svc;
