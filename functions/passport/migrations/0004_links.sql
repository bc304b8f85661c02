-- Links of the resolver, and products that their brand has withdrawn.

create table passport.link_sets (
    gtin        text        not null,
    version     integer     not null,
    updated_at  timestamptz not null,
    constraint link_sets_pkey primary key (gtin),
    constraint link_sets_gtin_is_fourteen_digits check (gtin ~ '^[0-9]{14}$'),
    constraint link_sets_version_counts_from_one check (version >= 1)
);

comment on table passport.link_sets is 'Products whose brand has put links; the catalogue may lack them.';
comment on column passport.link_sets.version is 'Counts how often the links were replaced as a whole, from 1: the ETag.';

create table passport.link_entries (
    gtin        text        not null,
    serial      text        not null,
    lot         text        not null,
    cpv         text        not null,
    position    integer     not null,
    content     jsonb       not null,
    constraint link_entries_pkey primary key (gtin, serial, lot, cpv),
    constraint link_entries_belong_to_a_set foreign key (gtin) references passport.link_sets (gtin),
    constraint link_entries_serial_stands_alone check (serial = '' or (lot = '' and cpv = ''))
);

comment on table passport.link_entries is 'The links of one level of a product: a request reads the few levels that it names, by primary key.';
comment on column passport.link_entries.serial is 'AI 21; empty where the level has none.';
comment on column passport.link_entries.lot is 'AI 10; empty where the level has none.';
comment on column passport.link_entries.cpv is 'AI 22; empty where the level has none.';
comment on column passport.link_entries.position is 'Place in the document that was put, from 0.';
comment on column passport.link_entries.content is 'LinkEntry as in shared-contracts, without its qualifiers.';

alter table passport.products add column withdrawn_at timestamptz;

comment on column passport.products.withdrawn_at is 'Since when the brand has withdrawn the product: the resolver answers 410.';

grant select, insert, update on passport.link_sets to passport_svc;
grant select, insert, delete on passport.link_entries to passport_svc;
