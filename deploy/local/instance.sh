# shellcheck shell=bash
# One running instance, from its folders to its last service: `make up` starts one, tests another.

prepare() {
  mkdir -p "$state/run" "$state/secrets" "$logs/steps"
  chmod 755 "$state"
  chmod 700 "$state/run" "$state/secrets"
}

# Servers that others made. Keycloak is the slowest by far: it goes on in the background, and
# `finish keycloak` waits for it.
start_servers() {
  step settings "settings" write_settings
  step supervisor "supervisor" supervisor_start
  begin postgres "PostgreSQL" start_postgres
  begin ssm "SSM endpoint" service_start ssm listens "$SSM_PORT"
  begin kafka "Kafka" start_kafka
  finish postgres
  finish ssm
  begin keycloak "Keycloak" service_start keycloak keycloak_answers
  finish kafka
}

write_settings() {
  remember_ports
  write_keycloak_settings
  make_postgres
  make_kafka
  write_supervisor_settings
  write_commands
}

start_postgres() {
  service_start postgres postgres_answers
  bootstrap_postgres
}

start_kafka() { service_start kafka kafka_answers; }

# Ours: secrets and tables first, so that a function finds what it needs at its start.
start_functions() {
  local name
  link_functions
  step secrets "secrets" ops secrets init
  step migrate "migrations" ops migrate
  # Bound to 127.0.0.1 and full of demo data: a test clock may close windows here.
  step test-clock "a database of tests" ops measurement mark-test
  step topics "topics, Kafka users and rights" ops kafka apply
  for name in $(function_names); do begin "$name" "$name" function_start "$name"; done
  for name in $(function_names); do finish "$name"; done
}

# What a visitor meets, once everything behind it stands.
start_web() {
  step caddy "Caddy" service_start caddy caddy_answers
  step catalog "demo catalog" ops catalog import --source demo "$root/deploy/demo/catalog.jsonl"
  finish keycloak
  step realm "Keycloak's realm" apply_realm
  step accounts "demo accounts" demo_accounts
  step check "the whole path answers" wait_until 60 whole_path_answers
  step endpoints "endpoints.json" write_endpoints
}

# People of the demo: the realm has their passwords, Identity gives them accounts.
demo_accounts() {
  local emails
  mapfile -t emails < <(jq --raw-output '.users[].email' "$root/deploy/keycloak/realm-demo.json")
  ops account adopt "${emails[@]}"
  ops admin create admin@example.org
}

# The whole way, from whatever state it is in to a running product.
bring_up() {
  prepare
  tools_ready "$packages_to_run"
  ports_free
  say "PackyTrace in ${state/#$root\//} on port $PORT"
  begin downloads "Kafka, Keycloak, SSM endpoint: downloads" fetch_all
  begin functions "functions and operator: build" build_functions
  begin web "web app: build" build_web
  finish downloads
  start_servers
  finish functions
  start_functions
  finish web
  start_web
}
