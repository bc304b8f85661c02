# shellcheck shell=bash
# Where everything lives and listens. One instance = one state folder and one base port; `make up`
# uses .local and 8080, `make test` an instance of its own beside it. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/deploy/local
state=${PACKYTRACE_STATE:-$root/.local}
dist=${PACKYTRACE_DIST:-$root/.local/dist}
built=${CARGO_TARGET_DIR:-$root/target}/${PACKYTRACE_PROFILE:-debug}
logs=$state/log
manifest=$root/functions/manifest.yaml

# The port a person needs; every other one follows from it and can be set on its own. What `make up`
# used is remembered with the state, so that the next plain `make up` finds its data where it was.
# shellcheck source=/dev/null
[ -n "${PORT:-}" ] || [ ! -f "$state/ports" ] || source "$state/ports"
PORT=${PORT:-8080}
POSTGRES_PORT=${POSTGRES_PORT:-$((PORT + 352))}
KAFKA_PORT=${KAFKA_PORT:-$((PORT + 412))}
KAFKA_CONTROLLER_PORT=${KAFKA_CONTROLLER_PORT:-$((PORT + 413))}
KEYCLOAK_PORT=${KEYCLOAK_PORT:-$((PORT + 400))}
KEYCLOAK_MANAGEMENT_PORT=${KEYCLOAK_MANAGEMENT_PORT:-$((PORT + 401))}
SSM_PORT=${SSM_PORT:-$((PORT + 386))}
FUNCTIONS_PORT=${FUNCTIONS_PORT:-$((PORT + 21))}
ADMIN_PORT=${ADMIN_PORT:-$((PORT + 121))}
# Of a function's stand-in, of which there is one at a time.
stand_in_port=$((ADMIN_PORT + 20))

# After so many seconds functions read a secret again. Tests of rotation would wait for most of them.
SECRETS_MAX_AGE_SECONDS=${SECRETS_MAX_AGE_SECONDS:-30}

base_url=http://localhost:$PORT
keycloak_url=$base_url/auth
keycloak_local=http://127.0.0.1:$KEYCLOAK_PORT/auth
ssm_endpoint=http://127.0.0.1:$SSM_PORT
kafka_bootstrap=127.0.0.1:$KAFKA_PORT
realm=packytrace

# Names of the functions in the manifest's order, which is also the order of their ports.
function_names() {
  sed -n '/^functions:/,$ s/^  \([a-z][a-z-]*\):.*/\1/p' "$manifest"
}

# function_port NAME BASE: its port, counted from BASE by its place in the manifest.
function_port() {
  local name port=$2
  for name in $(function_names); do
    [ "$name" = "$1" ] && echo "$port" && return
    port=$((port + 1))
  done
  return 1
}

function_url() { echo "http://127.0.0.1:$(function_port "$1" "$FUNCTIONS_PORT")"; }
function_admin_url() { echo "http://127.0.0.1:$(function_port "$1" "$ADMIN_PORT")"; }

remember_ports() {
  local name
  for name in PORT POSTGRES_PORT KAFKA_PORT KAFKA_CONTROLLER_PORT KEYCLOAK_PORT \
    KEYCLOAK_MANAGEMENT_PORT SSM_PORT FUNCTIONS_PORT ADMIN_PORT SECRETS_MAX_AGE_SECONDS; do
    echo ": \"\${$name:=${!name}}\""
  done >"$state/ports"
}

# Everything that listens, as "name port" lines.
all_ports() {
  echo "web $PORT"
  echo "postgres $POSTGRES_PORT"
  echo "kafka $KAFKA_PORT"
  echo "kafka-controller $KAFKA_CONTROLLER_PORT"
  echo "keycloak $KEYCLOAK_PORT"
  echo "keycloak-management $KEYCLOAK_MANAGEMENT_PORT"
  echo "ssm $SSM_PORT"
  local name
  for name in $(function_names); do
    echo "$name $(function_port "$name" "$FUNCTIONS_PORT")"
    echo "$name-admin $(function_port "$name" "$ADMIN_PORT")"
  done
}

# secret NAME: this machine's own password of that name, made at its first use, readable by us only.
secret() {
  local file=$state/secrets/$1
  if [ ! -s "$file" ]; then
    mkdir -p "$state/secrets" && chmod 700 "$state/secrets"
    (umask 077 && od -An -tx1 -N24 /dev/urandom | tr -d ' \n' >"$file")
  fi
  cat "$file"
}

# What every AWS client needs to talk to the local SSM endpoint; it checks no credentials.
aws_settings() {
  echo "AWS_REGION=eu-central-1"
  echo "AWS_ENDPOINT_URL_SSM=$ssm_endpoint"
  echo "AWS_ACCESS_KEY_ID=local"
  echo "AWS_SECRET_ACCESS_KEY=local"
}

postgres_admin_url() { echo "postgres://postgres:$(secret postgres)@127.0.0.1:$POSTGRES_PORT/${1:-postgres}"; }
