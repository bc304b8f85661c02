-- Recalls: what a brand takes back from people, and why.

create table passport.recalls (
    recall_id    uuid        not null,
    gtin         text        not null,
    brand_id     uuid        not null,
    lots         text[],
    use_by_from  date,
    use_by_to    date,
    reason       text        not null,
    instructions text        not null,
    opened_at    timestamptz not null,
    lifted_at    timestamptz,
    constraint recalls_pkey primary key (recall_id),
    constraint recalls_gtin_is_fourteen_digits check (gtin ~ '^[0-9]{14}$'),
    constraint recalls_name_lots_or_all_of_them check (cardinality(lots) > 0),
    constraint recalls_dates_are_a_period check (num_nulls(use_by_from, use_by_to) <> 1 and use_by_from <= use_by_to)
);

comment on table passport.recalls is 'Recalls, lifted ones included: a passport shows both.';
comment on column passport.recalls.recall_id is 'UUIDv7: sorts by time.';
comment on column passport.recalls.lots is 'AI 10 of the lots that it touches; null = not limited to lots.';
comment on column passport.recalls.use_by_from is 'First use-by day (AI 17) that it touches; null = not limited by date.';
comment on column passport.recalls.instructions is 'What a person who has the product should do.';
comment on column passport.recalls.lifted_at is 'Since when it is over; null while it is active.';

create index recalls_of_gtin_idx on passport.recalls (gtin, recall_id desc);
create index recalls_of_brand_idx on passport.recalls (brand_id, recall_id desc);

grant select, insert, update on passport.recalls to passport_svc;

create view passport.passports as
    select p.gtin, p.document, p.revision, p.content_hash, p.source, p.brand_id, b.name as brand_name,
           b.trusted as brand_trusted, p.facts, p.signature, p.updated_at, p.withdrawn_at, e.content as links,
           (select coalesce(jsonb_agg(to_jsonb(r) order by r.recall_id desc), '[]')
              from passport.recalls r
             where r.gtin = p.gtin) as recalls
      from passport.products p
      left join passport.brands b on b.brand_id = p.brand_id
      left join passport.link_entries e
        on e.gtin = p.gtin and e.serial = '' and e.lot = '' and e.cpv = '';

comment on view passport.passports is 'Each product with all that its passport shows.';

grant select on passport.passports to passport_svc;
