-- Whether this is a database of tests, where a test clock may close windows before their time. Said
-- once, before anything else, by the owner; never again.

create table measurement.environment (
    environment text        not null,
    since       timestamptz not null default now(),
    constraint environment_pkey primary key (environment),
    constraint environment_is_test check (environment = 'test')
);

comment on table measurement.environment is 'One row in a database of tests, none in any other.';

create function measurement.environment_is_said_first() returns trigger language plpgsql set search_path = ''
as $function$
begin
  if exists (select from measurement.ledger) or exists (select from measurement.facts) then
    raise exception 'this database holds facts or releases: it cannot become one of tests'
      using errcode = 'check_violation', constraint = 'environment_is_said_first';
  end if;
  return new;
end
$function$;

create function measurement.environment_stays() returns trigger language plpgsql set search_path = ''
as $function$
begin
  raise exception 'the environment of a database does not change';
end
$function$;

create trigger environment_is_said_first before insert on measurement.environment
  for each row execute function measurement.environment_is_said_first();
create trigger environment_stays before update or delete or truncate on measurement.environment
  for each statement execute function measurement.environment_stays();

grant select on measurement.environment to measurement_svc;
