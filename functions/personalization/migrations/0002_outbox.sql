-- The shapes that the chassis works on in every schema: shared-contracts/README.md, "Outbox".

create table personalization.outbox (
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

comment on table personalization.outbox is 'Events written with the change that they announce; removed once the broker has them.';
comment on column personalization.outbox.key is 'Kafka key: the entity the order of which matters.';
comment on column personalization.outbox.payload is 'CloudEvents 1.0 envelope, structured JSON.';

create table personalization.idempotency_keys (
    caller       text        not null,
    key          text        not null,
    request_hash bytea       not null,
    status       smallint,
    body         jsonb,
    created_at   timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (caller, key)
);

comment on table personalization.idempotency_keys is 'Answers to repeat when a client sends the same request with the same key again; kept for a day.';
comment on column personalization.idempotency_keys.caller is 'account:, visitor: or function: with its id.';
comment on column personalization.idempotency_keys.request_hash is 'SHA-256 of method, path and body.';

create index idempotency_keys_age_idx on personalization.idempotency_keys (created_at);

grant select, insert, delete on personalization.outbox to personalization_svc;
grant select, insert, update, delete on personalization.idempotency_keys to personalization_svc;

create table personalization.processed_events (
    event_id     uuid        not null,
    processed_at timestamptz not null default now(),
    constraint processed_events_pkey primary key (event_id)
);

comment on table personalization.processed_events is 'Events that took effect, so that one that comes again has none.';

create index processed_events_age_idx on personalization.processed_events (processed_at);

grant select, insert, delete on personalization.processed_events to personalization_svc;
