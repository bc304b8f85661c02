-- What people did, as long as it must be kept, and what decides whether it counts.

grant usage on schema measurement to measurement_svc;

create table measurement.facts (
    event_id    uuid        not null,
    subject     bytea       not null,
    kind        text        not null,
    gtin        text        not null,
    metric      text        not null,
    happened_at timestamptz not null,
    constraint facts_pkey primary key (event_id),
    constraint facts_subject_is_a_pseudonym check (length(subject) = 16),
    constraint facts_kind_known check (kind in ('visitor', 'account')),
    constraint facts_gtin_is_fourteen_digits check (gtin ~ '^[0-9]{14}$'),
    constraint facts_metric_known check (metric in ('added', 'consumed', 'discarded', 'scanned'))
);

comment on table measurement.facts is 'Facts of windows that are not closed. Backups leave this table out.';
comment on column measurement.facts.subject is 'HMAC of the id of who did it.';
comment on column measurement.facts.happened_at is 'By the clock of the service that announced it.';

create index facts_of_products_idx on measurement.facts (gtin, happened_at);
create index facts_of_subjects_idx on measurement.facts (subject);

create table measurement.reverted (
    event_id    uuid        not null,
    received_at timestamptz not null,
    constraint reverted_pkey primary key (event_id)
);

comment on table measurement.reverted is 'Facts that were undone: they do not count where this was known before the close.';

create table measurement.links (
    visitor     bytea       not null,
    account     bytea       not null,
    linked_at   timestamptz not null,
    received_at timestamptz not null,
    constraint links_pkey primary key (visitor, account)
);

comment on table measurement.links is 'Which visitor is which account. A link is announced once, so it stays until erasure or 13 months, the life of a Visitor ID.';
comment on column measurement.links.received_at is 'A link counts for the windows that close after this.';

create index links_of_accounts_idx on measurement.links (account);

create table measurement.consents (
    event_id    uuid        not null,
    subject     bytea       not null,
    granted     boolean     not null,
    changed_at  timestamptz not null,
    received_at timestamptz not null,
    constraint consents_pkey primary key (event_id)
);

comment on table measurement.consents is 'Decisions about being counted, all of them; unknown is no.';

create index consents_of_subjects_idx on measurement.consents (subject);

create table measurement.tombstones (
    subject     bytea       not null,
    erased_at   timestamptz not null,
    constraint tombstones_pkey primary key (subject)
);

comment on table measurement.tombstones is 'HMACs of who was erased, for 14 days: a replay does not bring them back.';

grant select, insert, delete on measurement.facts to measurement_svc;
grant select, insert, delete on measurement.reverted to measurement_svc;
grant select, insert, update, delete on measurement.links to measurement_svc;
grant select, insert, delete on measurement.consents to measurement_svc;
grant select, insert, update, delete on measurement.tombstones to measurement_svc;
