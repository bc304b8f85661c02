# shellcheck shell=bash
# Our own programs: built here, linked into the state folder, started with the settings that
# CONTRIBUTING.md describes. None of the settings is a secret: those come from SSM.

programs=$state/programs

build_functions() {
  local profile=dev
  [ "${built##*/}" = debug ] || profile=${built##*/}
  SQLX_OFFLINE=true cargo build --locked --workspace --bins --profile "$profile" --manifest-path "$root/Cargo.toml"
}

# What runs is a link of its own, so that a later build changes nothing under a running process.
# Names of the functions whose program is new are left in a file, to be restarted.
link_functions() {
  local name
  mkdir -p "$programs"
  : >"$state/run/new-programs"
  for name in $(function_names) packytrace-ops; do
    same_file "$built/$name" "$programs/$name" && continue
    ln -f "$built/$name" "$programs/$name" 2>/dev/null || install "$built/$name" "$programs/$name"
    echo "$name" >>"$state/run/new-programs"
  done
}

same_file() { [ "$1" -ef "$2" ] || cmp -s "$1" "$2"; }

# function_settings NAME: its environment, as NAME=value lines.
function_settings() {
  local callee
  echo "PACKYTRACE_ENV=local"
  echo "RUST_LOG=${RUST_LOG:-info}"
  echo "HTTP_ADDRESS=127.0.0.1:$(function_port "$1" "$FUNCTIONS_PORT")"
  echo "ADMIN_ADDRESS=127.0.0.1:$(function_port "$1" "$ADMIN_PORT")"
  echo "POSTGRES_HOST=127.0.0.1"
  echo "POSTGRES_PORT=$POSTGRES_PORT"
  echo "KAFKA_BOOTSTRAP=$kafka_bootstrap"
  echo "PUBLIC_URL=$base_url"
  echo "SECRETS_MAX_AGE_SECONDS=$SECRETS_MAX_AGE_SECONDS"
  aws_settings
  for callee in $(function_names); do
    [ "$callee" = "$1" ] || echo "$(tr a-z- A-Z_ <<<"$callee")_URL=$(function_url "$callee")"
  done
  case $1 in
    api-gateway) gateway_settings ;;
    identity) identity_settings ;;
  esac
}

gateway_settings() {
  echo "KEYCLOAK_ISSUER=$keycloak_url/realms/$realm"
  echo "KEYCLOAK_JWKS_URL=$keycloak_local/realms/$realm/protocol/openid-connect/certs"
  echo "ALLOWED_AZP=packytrace-web,packytrace-test"
  for what in PER_ADDRESS PER_ACCOUNT PER_VISITOR REGISTRATIONS SCANS; do echo "RATE_LIMIT_$what=1000000"; done
}

# Beside the databases here; off their host in production.
identity_settings() {
  echo "ERASURE_LOG=$state/erasure-log"
  echo "KEYCLOAK_ISSUER=$keycloak_url/realms/$realm"
  echo "KEYCLOAK_URL=$keycloak_local"
}

# function_start NAME: starts it, anew when its program is new, and waits until it is ready.
function_start() {
  ! grep -qx "$1" "$state/run/new-programs" || supervisor_ask stop "$1"
  service_start "$1" function_ready "$1"
}

function_ready() { is_ready "$(function_admin_url "$1")"; }

is_ready() { curl --silent --fail --output /dev/null --max-time 2 "$1/ready"; }

# ops ARG…: packytrace-ops with this instance's settings. Its secrets go by the environment of a
# process that ends with its answer, never by a command line.
ops() (
  mapfile -t settings < <(ops_settings)
  export "${settings[@]}"
  exec "$programs/packytrace-ops" "$@"
)

ops_settings() {
  echo "PACKYTRACE_ENV=local"
  echo "POSTGRES_ADMIN_URL=$(postgres_admin_url)"
  echo "KAFKA_BOOTSTRAP=$kafka_bootstrap"
  echo "KAFKA_ADMIN_USERNAME=admin"
  echo "KAFKA_ADMIN_PASSWORD=$(secret kafka)"
  echo "KEYCLOAK_URL=$keycloak_local"
  echo "KEYCLOAK_ADMIN_PASSWORD=$(secret keycloak-admin)"
  echo "ERASURE_LOG=$state/erasure-log"
  echo "AUDIT_LOG=$logs/audit.log"
  aws_settings
}

# .local/bin: the operator's tool, the switch of single services and each function, as commands that
# know this instance.
write_commands() {
  local name
  mkdir -p "$state/bin"
  for name in packytrace-ops service; do write_command "$name" "$name.sh"; done
  for name in $(function_names); do write_command "$name" "function.sh' '$name"; done
}

# write_command NAME SCRIPT
write_command() {
  cat >"$state/bin/$1" <<EOF
#!/usr/bin/env bash
# Made by make up: $1 with the settings of this instance.
export PACKYTRACE_STATE='$state' PACKYTRACE_DIST='$dist'
exec '$here/$2' "\$@"
EOF
  chmod 755 "$state/bin/$1"
}
