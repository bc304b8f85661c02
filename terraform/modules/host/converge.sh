#!/usr/bin/env bash
# packytrace-converge: brings this host to what Terraform wrote into the parameter $DEPLOYMENT. Run once
# a minute by packytrace.timer; does nothing where nothing has changed and everything runs.
# The deployment files (Compose file, Caddyfile, realm, bootstrap.sql) come out of the image of
# packytrace-ops, so that a release is its images and nothing else.
set -euo pipefail

state=${PACKYTRACE_STATE:-/var/lib/packytrace/deployment}

fetch_deployment() {
  aws ssm get-parameter --region "$AWS_REGION" --name "$DEPLOYMENT" --query Parameter.Value --output text |
    jq --sort-keys . >"$state/wanted.json"
}

wanted() { jq --raw-output "$1" "$state/wanted.json"; }

# The files of this release, beside those of the one before.
fetch_files() {
  local release image container
  release=$(wanted .release)
  image=$(wanted .images)/packytrace-ops:$release
  files=$state/releases/$release
  [ -d "$files" ] && return
  mkdir -p "$state/releases"
  rm -rf "$files.fresh"
  docker pull --quiet "$image"
  container=$(docker create "$image")
  docker cp "$container:/deploy" "$files.fresh"
  docker rm "$container" >/dev/null
  mv "$files.fresh" "$files"
}

write_settings() {
  wanted '.settings | to_entries[] | "\(.key)=\(.value)"' >"$state/settings.env"
  # Folders in memory for what one container each may read.
  "$files/deploy/prepare-host.sh"
  # Where the private door of the host leads to, for its Caddy.
  wanted '.doors | to_entries[] |
    ":\(.key) {\n\treverse_proxy signer:8080 {\n\t\theader_up Host \(.value)\n\t}\n}"' >"$state/doors.caddy"
}

compose() {
  local files_of_compose=(--file "$files/docker-compose.yml")
  [ "$(wanted .runtime)" = ec2 ] || files_of_compose+=(--file "$files/deploy/lambda/docker-compose.lambda.yml")
  DOORS=$state/doors.caddy docker compose --project-name packytrace --project-directory "$files" \
    --env-file "$files/deploy/images.env" --env-file "$state/settings.env" "${files_of_compose[@]}" "$@"
}

# Functions that run already are replaced one after the other, and nobody is refused meanwhile. Right after a
# boot there is nothing to be careful of, and no folder in memory yet.
replace_functions() {
  [ -e "${PACKYTRACE_RUN:-/run/packytrace}/operator/postgres-admin-url" ] || return 0
  [ -z "$(compose ps --quiet api-gateway)" ] || "$files/deploy/rolling-restart.sh" "$0" compose
}

# Functions that run elsewhere stop here last, so that nobody is between the two.
stop_elsewhere() {
  mapfile -t elsewhere < <(wanted '.elsewhere[]')
  [ ${#elsewhere[@]} -eq 0 ] || compose --profile on-host rm --stop --force "${elsewhere[@]}"
}

# `packytrace-converge compose ARG…`: Compose with the files and settings of what runs.
# `packytrace-converge restart`: all functions, one after the other.
if [ $# -gt 0 ]; then
  files=$state/releases/$(wanted .release)
  case $1 in
    compose) compose "${@:2}" ;;
    restart) replace_functions ;;
    *) echo "compose ARG… or restart; not $1" >&2 && exit 2 ;;
  esac
  exit
fi

mkdir -p "$state"
fetch_deployment
fetch_files
if cmp --silent "$state/wanted.json" "$state/running.json" && [ -z "$(compose ps --quiet --status exited caddy)" ]; then
  exit 0
fi
write_settings
compose pull --quiet
replace_functions
compose up --detach --wait --remove-orphans
stop_elsewhere
cp "$state/wanted.json" "$state/running.json"
