-- Databases, roles and schemas of the whole product, before any table exists. psql runs it as the
-- superuser, natively and in containers, as often as it likes: what is there stays as it is.
--
--   <service>_owner          owns the schema; migrations act as it (set role), nobody logs in as it
--   <service>_svc            what the service may do: its own schema, no DDL; tables are granted in migrations
--   <service>_svc_a, _svc_b  two logins that act as <service>_svc, so that a password can change
--                            while the other one works. `packytrace-ops secrets` sets the passwords
--                            (as SCRAM verifiers); none stands here
--
-- Each login acts as <service>_svc from its first statement on and inherits nothing by itself.

\set ON_ERROR_STOP on

select format('create database %I', name)
  from unnest(array['packytrace', 'packytrace_analytics', 'keycloak']) as name
 where not exists (select from pg_database where datname = name)
\gexec

do $roles$
declare
  service text;
  login text;
begin
  foreach service in array array[
    'passport', 'identity', 'personalization', 'fridge', 'measurement', 'brand_analytics'
  ] loop
    if not exists (select from pg_roles where rolname = service || '_owner') then
      execute format('create role %I nologin', service || '_owner');
    end if;
    if not exists (select from pg_roles where rolname = service || '_svc') then
      execute format('create role %I nologin', service || '_svc');
    end if;
    foreach login in array array[service || '_svc_a', service || '_svc_b'] loop
      if not exists (select from pg_roles where rolname = login) then
        execute format('create role %I login noinherit', login);
      end if;
      execute format('grant %I to %I', service || '_svc', login);
      execute format('alter role %I set role to %I', login, service || '_svc');
    end loop;
  end loop;

  if not exists (select from pg_roles where rolname = 'keycloak_svc') then
    create role keycloak_svc login;
  end if;
end
$roles$;

-- Nobody connects anywhere, or sees a schema, without being named here.
revoke all on database postgres, template1, packytrace, packytrace_analytics, keycloak from public;
alter database keycloak owner to keycloak_svc;

select format('grant connect on database %I to %I, %I', home, service || '_svc_a', service || '_svc_b')
  from (values
         ('packytrace', 'passport'),
         ('packytrace', 'identity'),
         ('packytrace', 'personalization'),
         ('packytrace', 'fridge'),
         ('packytrace', 'measurement'),
         ('packytrace_analytics', 'brand_analytics')
       ) as homes (home, service)
\gexec

\connect packytrace
revoke all on schema public from public;
select format('create schema if not exists %I authorization %I', service, service || '_owner'),
       format('grant usage on schema %I to %I', service, service || '_svc')
  from unnest(array['passport', 'identity', 'personalization', 'fridge', 'measurement']) as service
\gexec

-- The only thing that `packytrace-ops` does to a role: it gives one of the logins above a
-- verifier that the tool computed, so that no password is ever in a statement, a log or a statistic.
create schema if not exists packytrace_admin;
create or replace function packytrace_admin.set_login_verifier(login text, verifier text)
  returns void language plpgsql security definer set search_path = pg_catalog
as $function$
begin
  if login !~ '^([a-z_]+_svc_[ab]|keycloak_svc)$' then
    raise exception 'not a login of a service: %', login;
  end if;
  if verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' then
    raise exception 'not a SCRAM-SHA-256 verifier (its text is not repeated here)';
  end if;
  execute format('alter role %I password %L', login, verifier);
end
$function$;
revoke all on function packytrace_admin.set_login_verifier(text, text) from public;

\connect packytrace_analytics
revoke all on schema public from public;
create schema if not exists brand_analytics authorization brand_analytics_owner;
grant usage on schema brand_analytics to brand_analytics_svc;

-- The privacy wall below the code: nobody but the superuser sees statistics of the server from this
-- database, because exact counts of what others write are what the noise is there to hide. Sizes of
-- databases, tables and files are such counts too. (docs/privacy-wall.md names what cannot be hidden.)
select format('revoke all on pg_catalog.%I from public', relname)
  from pg_class
 where relnamespace = 'pg_catalog'::regnamespace
   and relkind in ('v', 'r')
   and relname ~ '^pg_(stat|locks|control|wal|replication|prepared|shmem|backend|cursors|file|available)'
\gexec
select format('revoke execute on %s %s from public', case prokind when 'p' then 'procedure' else 'function' end, oid::regprocedure)
  from pg_proc
 where pronamespace = 'pg_catalog'::regnamespace
   and proname ~ '^pg_(stat|ls_|control_|wal_|lock_status|database_size|tablespace_size|relation_size|total_relation|table_size|indexes_size|show_replication|get_replication|logical_|last_committed|xact_commit|current_wal|last_wal|walfile|backend_memory|blocking|safe_snapshot|notification)'
\gexec

\connect keycloak
revoke all on schema public from public;
grant all on schema public to keycloak_svc;
