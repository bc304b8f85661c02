-- Which products are counted, for whom, in which windows: as it was announced, with its history.

create table measurement.brand_versions (
    event_id    uuid        not null,
    brand_id    uuid        not null,
    changed_at  timestamptz not null,
    received_at timestamptz not null,
    measured    boolean     not null,
    length      text        not null,
    from_day    date        not null,
    constraint brand_versions_pkey primary key (event_id),
    constraint brand_versions_length_known check (length in ('P1D', 'P7D'))
);

comment on table measurement.brand_versions is 'Brands as identity announced them.';
comment on column measurement.brand_versions.measured is 'Measured, and trusted enough to be.';
comment on column measurement.brand_versions.from_day is 'The first UTC day of windows of this length.';

create index brand_versions_of_brand_idx on measurement.brand_versions (brand_id);

create table measurement.product_versions (
    event_id    uuid        not null,
    gtin        text        not null,
    brand_id    uuid,
    withdrawn   boolean     not null,
    changed_at  timestamptz not null,
    received_at timestamptz not null,
    constraint product_versions_pkey primary key (event_id),
    constraint product_versions_gtin_is_fourteen_digits check (gtin ~ '^[0-9]{14}$')
);

comment on table measurement.product_versions is 'Products as passport announced them: a brand''s catalog at any moment.';

create index product_versions_of_product_idx on measurement.product_versions (gtin, changed_at desc);
create index product_versions_of_brand_idx on measurement.product_versions (brand_id);

grant select, insert, delete on measurement.brand_versions to measurement_svc;
grant select, insert, delete on measurement.product_versions to measurement_svc;
