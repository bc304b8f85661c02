-- What was released, and what it cost. Rows are never changed and never go: noise is drawn once.

create table measurement.ledger (
    brand_id      uuid        not null,
    window_start  date        not null,
    window_end    date        not null,
    length        text        not null,
    micro_epsilon bigint      not null,
    status        text        not null,
    closed_at     timestamptz not null,
    constraint ledger_pkey primary key (brand_id, window_start),
    constraint ledger_length_known check (length in ('P1D', 'P7D')),
    constraint ledger_window_fits_its_length check (window_end = window_start + case length when 'P1D' then 1 else 7 end),
    constraint ledger_weeks_begin_on_mondays check (length = 'P1D' or extract(isodow from window_start) = 1),
    constraint ledger_status_known check (status in ('released', 'budget_exhausted', 'not_available')),
    constraint ledger_costs_something_or_nothing check (micro_epsilon >= 0)
);

comment on table measurement.ledger is 'One row for each brand and window that is closed: the budget.';
comment on column measurement.ledger.micro_epsilon is 'Millionths of ε that the window spent.';

-- No day of a brand is in two windows. A GiST index knows equality of ids through an extension only;
-- an id written as an IPv6 address overlaps itself and no other, and needs none.
alter table measurement.ledger add constraint ledger_windows_do_not_overlap exclude using gist (
    (regexp_replace(replace(brand_id::text, '-', ''), '(....)(?=.)', '\1:', 'g')::inet) inet_ops with &&,
    daterange(window_start, window_end) with &&
);

create table measurement.releases (
    event_id     uuid        not null,
    brand_id     uuid        not null,
    window_start date        not null,
    key          text        not null,
    payload      text        not null,
    payload_hash text        not null,
    publish_at   timestamptz not null,
    published_at timestamptz,
    constraint releases_pkey primary key (event_id),
    constraint releases_key_once unique (key),
    constraint releases_are_in_the_ledger foreign key (brand_id, window_start)
        references measurement.ledger (brand_id, window_start),
    constraint releases_hash_is_sha_256 check (payload_hash ~ '^[0-9a-f]{64}$')
);

comment on table measurement.releases is 'The very bytes of each batch: what is sent again is never computed again.';
comment on column measurement.releases.published_at is 'When it went to the outbox; null before its hour.';

create index releases_that_wait_idx on measurement.releases (publish_at) where published_at is null;

-- Which Kafka cluster holds the output topic: another one is a restore that nobody has told us of.
create table measurement.cluster (
    only_row   boolean     not null default true,
    cluster_id text        not null,
    seen_at    timestamptz not null,
    constraint cluster_pkey primary key (only_row),
    constraint cluster_is_one check (only_row)
);

comment on table measurement.cluster is 'The Kafka cluster of the output topic, from which releases are rebuilt.';

grant select, insert on measurement.ledger to measurement_svc;
grant select, insert on measurement.releases to measurement_svc;
grant update (published_at) on measurement.releases to measurement_svc;
grant select, insert, update on measurement.cluster to measurement_svc;
