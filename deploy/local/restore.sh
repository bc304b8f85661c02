#!/usr/bin/env bash
# make restore FROM=/mnt/backups [BACKUP=name]: an instance without data becomes what a backup says, and
# starts. Its secrets are not in the backup: .local/ssm.json and .local/secrets/ have to be in place, as
# the parameter store is in production.
set -euo pipefail
source "$(dirname "$0")/everything.sh"
trap stop_jobs EXIT

[ -n "${FROM:-}" ] || die "FROM is where the backups are: make restore FROM=/mnt/backups"
[ -s "$state/ssm.json" ] || die "${state/#$root\//}/ssm.json is not there: without the secrets a backup cannot be read."

# Nobody may use a database that is being restored.
stop_users() {
  local name
  for name in caddy $(function_names) keycloak; do supervisor_ask stop "$name"; done
}

prepare
tools_ready "$packages_to_run"
ports_free
begin downloads "Kafka, Keycloak, SSM endpoint: downloads" fetch_all
begin functions "functions and operator: build" build_functions
finish downloads
step settings "settings" write_settings
step supervisor "supervisor" supervisor_start
step users "functions and Keycloak: stopped" stop_users
begin postgres "PostgreSQL" start_postgres
begin ssm "SSM endpoint" service_start ssm listens "$SSM_PORT"
step kafka "Kafka" start_kafka
finish postgres
finish ssm
finish functions
link_functions
step secrets "secrets" ops secrets init
step topics "topics, Kafka users and rights" ops kafka apply
step restore "databases, erasures, events" ops restore --from "$FROM" ${BACKUP:+"$BACKUP"}
step migrate "migrations" ops migrate
# Another broker than before: nobody knows what was released, so nothing of then is released again.
! grep -q '^adopt' "$logs/steps/restore.log" || step adopt "measurement adopts" ops measurement adopt
bring_up
greet "$SECONDS"
