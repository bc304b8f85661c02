-- What happened to food: appended, never changed.

grant usage on schema fridge to fridge_svc;

create table fridge.fridge_events (
    event_id    uuid        not null,
    item_id     uuid        not null,
    sequence    integer     not null,
    fridge_id   uuid        not null,
    account_id  uuid,
    kind        text        not null,
    quantity    bigint,
    reason      text,
    reverts     uuid,
    details     jsonb       not null,
    occurred_at timestamptz not null,
    constraint fridge_events_pkey primary key (event_id),
    constraint fridge_events_in_order unique (item_id, sequence),
    constraint fridge_events_reverted_once unique (reverts),
    constraint fridge_events_from_one check (sequence >= 1 and (sequence = 1) = (kind = 'added')),
    constraint fridge_events_kind_known check (kind in
        ('added', 'consumed', 'discarded', 'opened', 'frozen', 'thawed', 'dated', 'reverted')),
    constraint fridge_events_amounts_are_positive check (quantity > 0),
    constraint fridge_events_amounts_are_of_their_kinds check
        ((quantity is not null) = (kind in ('added', 'consumed', 'discarded'))),
    constraint fridge_events_discards_have_a_reason check ((reason is not null) = (kind = 'discarded')),
    constraint fridge_events_reverts_name_an_event check ((reverts is not null) = (kind = 'reverted'))
);

comment on table fridge.fridge_events is 'The whole truth about every item. An undo is an event too. fridge_svc can neither change nor delete.';
comment on column fridge.fridge_events.event_id is 'UUIDv7; also the id of the event that announces it.';
comment on column fridge.fridge_events.sequence is 'From 1 for each item, without gaps.';
comment on column fridge.fridge_events.fridge_id is 'Whose fridge: the owner''s account.';
comment on column fridge.fridge_events.account_id is 'Who did it; null once that account is erased.';
comment on column fridge.fridge_events.quantity is 'In millionths of the item''s unit.';
comment on column fridge.fridge_events.details is 'Of added: what the item is. Of opened, frozen, thawed, dated: the local day, and the date.';

create index fridge_events_of_waste_idx on fridge.fridge_events (fridge_id, occurred_at)
    where kind in ('consumed', 'discarded');
create index fridge_events_of_account_idx on fridge.fridge_events (account_id);

grant select, insert on fridge.fridge_events to fridge_svc;
