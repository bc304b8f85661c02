-- Products and their passports. One row is the current revision of one GTIN.

grant usage on schema passport to passport_svc;

create table passport.products (
    gtin            text        not null,
    brand_name      text,
    category        text,
    document        jsonb       not null,
    content_hash    text        not null,
    source          text        not null,
    revision        integer     not null,
    search          tsvector    not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint products_pkey primary key (gtin),
    constraint products_gtin_is_fourteen_digits check (gtin ~ '^[0-9]{14}$'),
    constraint products_revision_counts_from_one check (revision >= 1)
);

comment on table passport.products is 'The catalogue: the current revision of each product passport.';
comment on column passport.products.gtin is 'GTIN-14, zero-padded (GS1 General Specifications, 3.3.2).';
comment on column passport.products.document is 'Product as in shared-contracts, without what has a column of its own.';
comment on column passport.products.content_hash is 'SHA-256 of the canonical document, hexadecimal: an equal import changes nothing.';
comment on column passport.products.source is 'Where the facts come from: brand, demo, open-food-facts.';
comment on column passport.products.revision is 'Counts the changes of the document, from 1.';
comment on column passport.products.search is 'Words of names, brand and category, configuration simple.';

create index products_search_idx on passport.products using gin (search);
create index products_gtin_prefix_idx on passport.products (gtin text_pattern_ops);

grant select, insert, update, delete on passport.products to passport_svc;
