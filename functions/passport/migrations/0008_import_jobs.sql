-- Imports of a brand's products, worked off line by line.

create table passport.import_jobs (
    job_id       uuid        not null,
    account_id   uuid        not null,
    brand_id     uuid        not null,
    format       text        not null,
    content      text,
    first_line   bigint      not null,
    state        text        not null,
    handled      integer     not null,
    total        integer     not null,
    refused      integer     not null,
    errors       jsonb       not null,
    created_at   timestamptz not null,
    leased_until timestamptz,
    finished_at  timestamptz,
    constraint import_jobs_pkey primary key (job_id),
    constraint import_jobs_format_known check (format in ('csv', 'jsonl')),
    constraint import_jobs_state_known check (state in ('running', 'done')),
    constraint import_jobs_hold_content_until_done check ((state = 'done') = (content is null))
);

comment on table passport.import_jobs is 'One part of an import each; kept for thirty days after its end.';
comment on column passport.import_jobs.account_id is 'Who began it, and may ask how far it is.';
comment on column passport.import_jobs.job_id is 'UUIDv7.';
comment on column passport.import_jobs.content is 'The part as it came; null once every line is handled.';
comment on column passport.import_jobs.first_line is 'Number of the part''s first line in the whole file, from 1.';
comment on column passport.import_jobs.handled is 'Records that were taken or refused.';
comment on column passport.import_jobs.errors is 'The first thousand refusals: [{line, detail}].';
comment on column passport.import_jobs.leased_until is 'A worker has it until then; after that it has died and another goes on.';

create index import_jobs_waiting_idx on passport.import_jobs (job_id) where state <> 'done';
create index import_jobs_of_account_idx on passport.import_jobs (account_id);

grant select, insert, update, delete on passport.import_jobs to passport_svc;
