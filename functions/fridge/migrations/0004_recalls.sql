-- Recalls of brands, announced by Passport, and of authorities, imported by the operator.

create table fridge.recalls (
    recall_id   uuid    not null,
    source      text    not null,
    gtins       text[]  not null,
    lots        jsonb   not null,
    use_by_from date,
    use_by_to   date,
    reason      text    not null,
    url         text,
    active      boolean not null,
    constraint recalls_pkey primary key (recall_id),
    constraint recalls_source_known check (source in ('brand', 'fsa', 'fda')),
    constraint recalls_dates_are_a_period check (num_nulls(use_by_from, use_by_to) <> 1)
);

comment on table fridge.recalls is 'Recalls, lifted ones included.';
comment on column fridge.recalls.recall_id is 'Of a brand: Passport''s; of an authority: UUIDv5 of source and number.';
comment on column fridge.recalls.lots is 'Lots of domain/recall.rs: all, exactly these, or at least these.';

create index recalls_of_product_idx on fridge.recalls using gin (gtins);

create table fridge.recall_names (
    recall_id uuid   not null,
    words     text[] not null,
    constraint recall_names_pkey primary key (recall_id, words),
    constraint recall_names_of_a_recall foreign key (recall_id) references fridge.recalls (recall_id)
);

comment on table fridge.recall_names is 'Telling words of each product that an alert names; an item with all of them may be meant.';

create index recall_names_words_idx on fridge.recall_names using gin (words);

grant select, insert, update on fridge.recalls to fridge_svc;
grant select, insert on fridge.recall_names to fridge_svc;
