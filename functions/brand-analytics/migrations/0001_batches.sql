-- What measurement published of each brand, and nothing else: no id of a person, scan, item or event
-- of one, and no time but that of the window.

grant usage on schema brand_analytics to brand_analytics_svc;

create table brand_analytics.batches (
    event_id      uuid        not null,
    brand_id      uuid        not null,
    window_start  date        not null,
    window_end    date        not null,
    length        text        not null,
    status        text        not null,
    privacy       jsonb       not null,
    constraint batches_pkey primary key (event_id),
    constraint batches_length_known check (length in ('P1D', 'P7D')),
    constraint batches_status_known check (status in ('released', 'budget_exhausted', 'not_available')),
    -- No day of a brand is in two windows. A GiST index knows equality of ids through an extension
    -- only; an id written as an IPv6 address overlaps itself and no other, and needs none.
    constraint batches_do_not_overlap exclude using gist (
        (regexp_replace(replace(brand_id::text, '-', ''), '(....)(?=.)', '\1:', 'g')::inet) inet_ops with &&,
        daterange(window_start, window_end) with &&
    )
);

comment on table brand_analytics.batches is 'Windows of brands that are published.';
comment on column brand_analytics.batches.privacy is 'What was promised and done, as the batch says it.';

create table brand_analytics.metrics (
    brand_id     uuid    not null,
    window_start date    not null,
    window_end   date    not null,
    gtin         text    not null,
    metric       text    not null,
    value        bigint,
    ci_low       bigint,
    ci_high      bigint,
    constraint metrics_pkey primary key (brand_id, window_start, gtin, metric),
    constraint metrics_gtin_is_fourteen_digits check (gtin ~ '^[0-9]{14}$'),
    constraint metrics_metric_known check (metric in ('added', 'consumed', 'discarded', 'scanned')),
    constraint metrics_have_their_interval check (num_nulls(value, ci_low, ci_high) in (0, 3))
);

comment on table brand_analytics.metrics is 'One row for each product and metric of a batch.';
comment on column brand_analytics.metrics.value is 'Persons, with noise; null where it is not shown.';

create index metrics_of_product_idx on brand_analytics.metrics (brand_id, gtin);

-- The shape that the chassis works on in every schema.
create table brand_analytics.processed_events (
    event_id uuid not null,
    constraint processed_events_pkey primary key (event_id)
);

comment on table brand_analytics.processed_events is 'Batches that took effect: a second one of the same window does not.';

grant select, insert on brand_analytics.batches to brand_analytics_svc;
grant select, insert on brand_analytics.metrics to brand_analytics_svc;
grant select, insert on brand_analytics.processed_events to brand_analytics_svc;
