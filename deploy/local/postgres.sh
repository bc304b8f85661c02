# shellcheck shell=bash
# PostgreSQL: its data under the state folder, passwords for everybody, TCP on the loopback only.

postgres_data=$state/postgres

# as_postgres COMMAND…: PostgreSQL refuses root, so root lends it the system's postgres user. A
# checkout may lie where that user cannot go (in root's home, say); then it is also lent the right to
# pass there, and to nothing that root would not do itself.
as_postgres() { "${postgres_user[@]}" "$@"; }

postgres_user=()
if [ "$(id -u)" = 0 ]; then
  postgres_user=(setpriv --reuid=postgres --regid=postgres --init-groups)
  setpriv --reuid=postgres --regid=postgres --init-groups test -x "$root" -a -x "$state/.." 2>/dev/null ||
    postgres_user+=(--inh-caps=+dac_override --ambient-caps=+dac_override)
fi

# The database cluster, made once: scram for every connection, UTF-8, the same order everywhere.
make_postgres() {
  [ -f "$postgres_data/PG_VERSION" ] && return
  local password=$state/postgres.password
  rm -rf "$postgres_data" && mkdir -m 700 "$postgres_data"
  secret postgres >/dev/null
  install -m 600 "$state/secrets/postgres" "$password"
  [ "$(id -u)" != 0 ] || chown postgres: "$postgres_data" "$password"
  as_postgres "$(postgres_bin)/initdb" --pgdata="$postgres_data" --username=postgres --pwfile="$password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync
  rm "$password"
}

# The server's command line for the supervisor. A test instance may lose data with the machine, for speed, but
# not with the process.
postgres_command() {
  local settings=(
    "port=$POSTGRES_PORT" listen_addresses=127.0.0.1 unix_socket_directories=
    max_connections=200 shared_buffers=128MB log_line_prefix='%m %u@%d '
  )
  [ "${PACKYTRACE_DURABLE:-yes}" = yes ] || settings+=(fsync=off full_page_writes=off)
  printf '"%s" ' "${postgres_user[@]}" "$(postgres_bin)/postgres" -D "$postgres_data"
  printf -- '-c "%s" ' "${settings[@]}"
}

# psql_admin ARG…: psql as the superuser. The password travels in a file, not on the command line.
psql_admin() {
  local pass=$state/run/pgpass
  (umask 077 && echo "127.0.0.1:$POSTGRES_PORT:*:postgres:$(secret postgres)" >"$pass")
  PGPASSFILE=$pass psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
    --host=127.0.0.1 --port="$POSTGRES_PORT" --username=postgres "$@"
}

postgres_answers() { "$(postgres_bin)/pg_isready" --quiet --host=127.0.0.1 --port="$POSTGRES_PORT"; }

# Roles, databases and schemas; then the password of Keycloak's login, which no other tool sets.
bootstrap_postgres() {
  psql_admin --dbname=postgres --file="$root/deploy/postgres/bootstrap.sql"
  psql_admin --dbname=postgres <<SQL
set password_encryption = 'scram-sha-256';
alter role keycloak_svc password '$(secret keycloak-database)';
SQL
}
