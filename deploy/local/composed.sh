# shellcheck shell=bash
# The containers as one instance, as instance.sh is the native one: state in .local/compose, shared
# downloads, programs of the release profile. Sourced by the scripts that make calls.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PACKYTRACE_STATE=${PACKYTRACE_STATE:-$root/.local/compose} PACKYTRACE_DIST=${PACKYTRACE_DIST:-$root/.local/dist}
export PACKYTRACE_PROFILE=${PACKYTRACE_PROFILE:-release}
source "${BASH_SOURCE[0]%/*}/everything.sh"
source "${BASH_SOURCE[0]%/*}/containers.sh"

packages_for_containers='
debootstrap              command -v debootstrap
docker.io                command -v dockerd || docker info
'

compose_up() {
  prepare
  tools_ready "$packages_to_run" "$packages_for_containers"
  engine_answers
  say "PackyTrace in containers, at $(compose_url)"
  step downloads "Kafka, Keycloak, SSM endpoint, Compose" fetch_for_containers
  if [ "$real_images" = yes ]; then
    step images "our images" our_images "$images"
  else
    begin stand-ins "stand-ins for other people's images" stand_ins
    step functions "functions and operator: release build" build_functions
    step web "web app: build" build_web
    finish stand-ins
    step images "our images" build_offline_images
  fi
  write_compose_settings
  step host "folders in memory" as_root "$root/deploy/prepare-host.sh" "$host_folder"
  step up "containers, until all are healthy" compose up --detach --wait --wait-timeout 900 --remove-orphans
  write_compose_command
  step catalog "demo catalog" demo_catalog
  step accounts "demo accounts" composed_demo_accounts
  step endpoints "endpoints.json" write_composed_endpoints
  image_sizes
  say "
PackyTrace runs in containers (up in $SECONDS s):  $(compose_url)
An authority of its own certifies it:  ${state#"$root"/}/authority.crt
Logins and addresses:  ${state#"$root"/}/endpoints.json
Compose with this instance's settings:  ${state#"$root"/}/bin/compose ps
To stop it:  make compose-offline-down"
}

compose_down() {
  [ -f "$state/compose.env" ] || { say "Nothing runs." && return; }
  step down "stopping" compose --profile tools down --remove-orphans "$@"
}

fetch_for_containers() {
  fetch_all
  fetch_compose
}

build_offline_images() {
  own_products
  our_images "$images" "$offline/images.env"
}

# composed_ops ARG…: the operator's tool, in a container of its own.
composed_ops() { compose run --rm --no-deps --no-TTY ops "$@"; }

demo_catalog() { composed_ops catalog import --source demo - <"$root/deploy/demo/catalog.jsonl"; }

composed_demo_accounts() {
  local emails
  mapfile -t emails < <(jq --raw-output '.users[].email' "$root/deploy/keycloak/realm-demo.json")
  composed_ops account adopt "${emails[@]}" </dev/null
  composed_ops admin create admin@example.org </dev/null
}

# endpoints.json as `make up` writes it, so that the same tests find their way. Private addresses are the
# containers', which this machine alone reaches.
write_composed_endpoints() {
  local name addresses=() postgres settings
  compose cp caddy:/data/caddy/pki/authorities/local/root.crt "$state/authority.crt"
  for name in $(function_names); do
    addresses+=("$name=http://$(address_of "$name"):8080,http://$(address_of "$name"):9090")
  done
  postgres=$(address_of postgres)
  mapfile -t settings < <(
    echo "SSL_CERT_FILE=$state/authority.crt"
    echo "BASE_URL=$(compose_url)"
    echo "KEYCLOAK_URL=$(compose_url)/auth"
    echo "KAFKA_BOOTSTRAP=$(address_of redpanda):9092"
    echo "KAFKA_PASSWORD=$(as_root cat "$host_folder/operator/kafka-admin-password")"
    echo "POSTGRES=$postgres:5432"
    echo "POSTGRES_ADMIN_URL=$(as_root cat "$host_folder/operator/postgres-admin-url" | sed "s/@postgres:/@$postgres:/")"
    echo "AWS_REGION=eu-central-1"
    echo "AWS_ENDPOINT_URL_SSM=http://$(address_of ssm):5000"
    echo "AWS_ACCESS_KEY_ID=local"
    echo "AWS_SECRET_ACCESS_KEY=local"
  )
  export "${settings[@]}"
  (umask 077 && : >"$state/endpoints.json.fresh")
  "$python" "$here/endpoints.py" "$manifest" "$root/deploy/keycloak/realm-demo.json" "${addresses[@]}" \
    >"$state/endpoints.json.fresh"
  mv "$state/endpoints.json.fresh" "$state/endpoints.json"
}

write_compose_command() {
  mkdir -p "$state/bin"
  write_command compose compose.sh
  write_command packytrace-ops "compose.sh' run --rm --no-deps --no-TTY 'ops"
}
