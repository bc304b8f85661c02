-- What the history makes of each item: a snapshot, which can be dropped and rebuilt.

create table fridge.items (
    item_id   uuid    not null,
    fridge_id uuid    not null,
    sequence  integer not null,
    gone      boolean not null,
    added_by  uuid,
    scan_id   uuid,
    add_key   text    not null,
    gtin      text,
    words     text[]  not null,
    document  jsonb   not null,
    standing  jsonb   not null,
    constraint items_pkey primary key (item_id)
);

comment on table fridge.items is 'The fold of fridge_events: packytrace-ops fridge rebuild makes it again.';
comment on column fridge.items.sequence is 'Of the last event that it has folded.';
comment on column fridge.items.add_key is 'Idempotency-Key under which it was added; empty without one.';
comment on column fridge.items.words is 'Telling words of name and brand: alerts without a code are compared by them.';
comment on column fridge.items.document is 'Item of domain/item.rs.';
comment on column fridge.items.standing is 'What the recalls make of it: Standing of domain/recall.rs.';

create index items_there_idx on fridge.items (fridge_id) where not gone;
create index items_of_product_idx on fridge.items (gtin) where not gone;
create index items_by_words_idx on fridge.items using gin (words) where not gone;
create unique index items_scan_once on fridge.items (added_by, scan_id, add_key);

grant select, insert, update on fridge.items to fridge_svc;
