#!/usr/bin/env bash
# packytrace-converge: brings this host to what Terraform wrote into the parameter $DEPLOYMENT. Run once
# a minute by packytrace.timer; does nothing where nothing has changed and everything runs.
# The deployment files (Compose file, Caddyfile, realm, bootstrap.sql, this script) come out of the image
# of packytrace-ops, so that a release is its images and nothing else.
set -euo pipefail

state=${PACKYTRACE_STATE:-/var/lib/packytrace/deployment}
run=${PACKYTRACE_RUN:-/run/packytrace}
# What runs: in memory, since after a boot everything is rendered anew.
running=$run.running.json

fetch_deployment() {
  aws ssm get-parameter --region "$AWS_REGION" --name "$DEPLOYMENT" --query Parameter.Value --output text |
    jq --sort-keys . >"$state/wanted.fresh"
  mv "$state/wanted.fresh" "$state/wanted.json"
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

# A release brings this script in its own version, and goes on with it.
become_the_releases() {
  cmp --silent "$files/deploy/converge.sh" "$0" && return
  install --mode=755 "$files/deploy/converge.sh" "$0"
  exec "$0"
}

write_settings() {
  wanted '.settings | to_entries[] | "\(.key)=\(.value)"' >"$state/settings.env"
  # Folders in memory for what one container each may read.
  "$files/deploy/prepare-host.sh" "$run"
  # Where the private door of the host leads to, for its Caddy.
  wanted '.doors | to_entries[] |
    ":\(.key) {\n\treverse_proxy signer:8080 {\n\t\theader_up Host \(.value)\n\t}\n}"' >"$state/doors.caddy"
  # The operator's role, for what the host itself does with secrets on the Lambda track.
  printf '[default]\nregion = %s\nrole_arn = %soperator\ncredential_source = Ec2InstanceMetadata\n' \
    "$(wanted .settings.AWS_REGION)" "$(wanted .settings.CREDENTIALS_ROLE_PREFIX)" >"$state/operator.aws"
}

on_lambda() { [ "$(wanted .runtime)" = lambda ]; }

# broker certificate|logins: see there.
broker() {
  env AWS_CONFIG_FILE="$state/operator.aws" PACKYTRACE_STATE="$state" PACKYTRACE_RUN="$run" \
    PACKYTRACE_ENV="$(wanted .settings.PACKYTRACE_ENV)" BROKER_NAME="$(wanted .settings.BROKER_NAME)" \
    "$files/deploy/lambda/broker.sh" "$1"
}

compose() {
  local files_of_compose=(--file "$files/docker-compose.yml")
  ! on_lambda || files_of_compose+=(--file "$files/deploy/lambda/docker-compose.lambda.yml")
  DOORS=$state/doors.caddy docker compose --project-name packytrace --project-directory "$files" \
    --env-file "$files/deploy/images.env" --env-file "$state/settings.env" "${files_of_compose[@]}" "$@"
}

# Functions that run already are replaced one after the other, and nobody is refused meanwhile. After a boot
# there is nobody to be careful of, and servers have no secrets yet.
replace_functions() {
  [ -e "$running" ] && ! on_lambda || return 0
  [ -z "$(compose ps --quiet api-gateway)" ] || "$files/deploy/rolling-restart.sh" "$0" compose
}

# Functions that run elsewhere stop here last, so that nobody is between the two.
stop_elsewhere() {
  mapfile -t elsewhere < <(wanted '.elsewhere[]')
  [ ${#elsewhere[@]} -eq 0 ] || compose --profile on-host rm --stop --force "${elsewhere[@]}"
}

everything_runs() {
  cmp --silent "$state/wanted.json" "$running" && [ -z "$(compose ps --quiet --status exited caddy)" ]
}

bring_up() {
  write_settings
  ! on_lambda || broker certificate
  compose pull --quiet
  replace_functions
  compose up --detach --wait --remove-orphans
  stop_elsewhere
  # The release before stays for a way back; what is older than a month is fetched again if need be.
  docker image prune --all --force --filter until=720h >/dev/null
  cp "$state/wanted.json" "$running"
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
become_the_releases
everything_runs || bring_up
! on_lambda || broker logins
