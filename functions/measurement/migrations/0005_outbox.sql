-- The shape that the chassis works on in every schema: shared-contracts/README.md, "Outbox".

create table measurement.outbox (
    position    bigint      generated always as identity,
    event_id    uuid        not null,
    topic       text        not null,
    key         text        not null,
    payload     text        not null,
    traceparent text,
    written_at  timestamptz not null default now(),
    constraint outbox_pkey primary key (position),
    constraint outbox_event_once unique (event_id)
);

comment on table measurement.outbox is 'Events written with the change that they announce; removed once the broker has them.';
comment on column measurement.outbox.key is 'Kafka key: the entity the order of which matters.';
comment on column measurement.outbox.payload is 'CloudEvents 1.0 envelope, structured JSON.';

grant select, insert, delete on measurement.outbox to measurement_svc;
