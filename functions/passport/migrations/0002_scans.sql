-- Scans: who read which code, and what was in it.

create table passport.scans (
    scan_id     uuid        not null,
    scanned_at  timestamptz not null,
    gtin        text        not null,
    identifier  jsonb       not null,
    channel     text        not null,
    symbology   text,
    visitor_id  uuid,
    account_id  uuid,
    constraint scans_pkey primary key (scan_id),
    constraint scans_belong_to_one check (num_nonnulls(visitor_id, account_id) = 1),
    constraint scans_channel_known check (channel in ('app', 'resolver'))
);

comment on table passport.scans is 'One row for each scan. It belongs to a visitor until an account owns it.';
comment on column passport.scans.scan_id is 'UUIDv7: sorts by time.';
comment on column passport.scans.identifier is 'Identifier as in shared-contracts: GTIN, lot, serial, dates.';
comment on column passport.scans.channel is 'app: POST /api/v1/scans; resolver: a browser followed GET /01/….';
comment on column passport.scans.visitor_id is 'Random id of an anonymous visitor; null once an account owns the scan.';

create index scans_of_visitor_idx on passport.scans (visitor_id, scan_id desc) where visitor_id is not null;
create index scans_of_account_idx on passport.scans (account_id, scan_id desc) where account_id is not null;

grant select, insert, update, delete on passport.scans to passport_svc;
