-- Who looks into which fridge, and where they are told what.

create table fridge.people (
    account_id  uuid not null,
    time_zone   text not null,
    language    text not null,
    digested_on date,
    constraint people_pkey primary key (account_id)
);

comment on table fridge.people is 'What Identity last said of each person; for the hourly check, and while Identity is away.';
comment on column fridge.people.digested_on is 'Local day of the last digest: there is one a day at most.';

create table fridge.household_members (
    account_id uuid        not null,
    owner_id   uuid        not null,
    role       text        not null,
    joined_at  timestamptz not null,
    constraint household_members_pkey primary key (account_id),
    constraint household_members_are_others check (account_id <> owner_id),
    constraint household_members_role_known check (role in ('member', 'viewer'))
);

comment on table fridge.household_members is 'Who shares the fridge of owner_id; one household each.';

create index household_members_of_owner_idx on fridge.household_members (owner_id);

create table fridge.invitations (
    invitation_id uuid        not null,
    owner_id      uuid        not null,
    role          text        not null,
    code_hash     bytea       not null,
    expires_at    timestamptz not null,
    constraint invitations_pkey primary key (invitation_id),
    constraint invitations_code_once unique (code_hash),
    constraint invitations_role_known check (role in ('member', 'viewer'))
);

comment on table fridge.invitations is 'Open invitations; accepting one deletes it.';
comment on column fridge.invitations.code_hash is 'SHA-256 of the code, which nobody keeps.';

create index invitations_of_owner_idx on fridge.invitations (owner_id);

create table fridge.feed_tokens (
    account_id uuid        not null,
    token_hash bytea       not null,
    created_at timestamptz not null,
    constraint feed_tokens_pkey primary key (account_id),
    constraint feed_tokens_token_once unique (token_hash)
);

comment on table fridge.feed_tokens is 'The token of the calendar feed, one for each account, as its SHA-256.';

create table fridge.push_subscriptions (
    endpoint   text        not null,
    account_id uuid        not null,
    p256dh     text        not null,
    auth       text        not null,
    created_at timestamptz not null,
    constraint push_subscriptions_pkey primary key (endpoint)
);

comment on table fridge.push_subscriptions is 'Browsers that may be pushed to. An endpoint is one browser: who subscribes there last has it.';

create index push_subscriptions_of_account_idx on fridge.push_subscriptions (account_id);

create table fridge.pushes (
    push_id    bigint      generated always as identity,
    endpoint   text        not null,
    kind       text        not null,
    attempts   integer     not null default 0,
    not_before timestamptz not null,
    constraint pushes_pkey primary key (push_id),
    constraint pushes_of_a_browser foreign key (endpoint)
        references fridge.push_subscriptions (endpoint) on delete cascade,
    constraint pushes_kind_known check (kind in ('expiry', 'recall'))
);

comment on table fridge.pushes is 'Messages on their way; removed when the push service has them, or has refused them often enough.';

create index pushes_waiting_idx on fridge.pushes (not_before);
create index pushes_of_endpoint_idx on fridge.pushes (endpoint);

create table fridge.notices (
    notice_id  uuid        not null,
    account_id uuid        not null,
    kind       text        not null,
    item_id    uuid,
    name       text,
    state      text,
    expires_on date,
    recall_id  uuid,
    reason     text,
    created_at timestamptz not null,
    constraint notices_pkey primary key (notice_id),
    constraint notices_kind_known check (kind in ('expiry', 'recall')),
    constraint notices_are_of_one_thing check
        ((kind = 'expiry') = (item_id is not null) and (kind = 'recall') = (recall_id is not null)),
    constraint notices_recall_once unique (account_id, recall_id),
    constraint notices_expiry_once unique (account_id, item_id, state, expires_on)
);

comment on table fridge.notices is 'What people were told: of each recall once, of each item once for each state of each date.';

grant select, insert, update on fridge.people to fridge_svc;
grant select, insert, delete on fridge.household_members, fridge.invitations to fridge_svc;
grant select, insert, update, delete on fridge.feed_tokens, fridge.push_subscriptions, fridge.pushes to fridge_svc;
grant select, insert on fridge.notices to fridge_svc;
