#!/usr/bin/env bash
# What the host does once a minute (terraform/modules/host/converge.sh), with a Docker and an AWS that only note
# what they are asked: it starts what Terraform wants, once; again after a boot, a release, a move to Lambda;
# and when AWS does not answer, what runs stays as it is.
#   host-test.sh FOLDER     an empty folder for it
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mkdir -p "$1" && cd "$1" && pwd)
calls=$place/calls
export PACKYTRACE_STATE=$place/state PACKYTRACE_RUN=$place/run AWS_REGION=eu-central-1 DEPLOYMENT=/deployment
export PATH=$place/bin:$PATH CALLS=$calls PLACE=$place

program() { mkdir -p "$(dirname "$1")" && cat >"$1" && chmod 755 "$1"; }

program "$place/bin/aws" <<'AWS'
#!/bin/bash
[ "$*" = "ssm get-parameter --region eu-central-1 --name /deployment --query Parameter.Value --output text" ] && cat "$PLACE/parameter"
AWS
# An image is a folder here; its name ends in its version.
program "$place/bin/docker" <<'DOCKER'
#!/bin/bash
echo "docker $*" >>"$CALLS"
case $1 in
  create) echo "${2##*:}" ;;
  compose) [[ $* != *" ps --quiet api-gateway" ]] || cat "$PLACE/gateway" ;;
  cp) cp -r "$PLACE/images/${2%%:*}" "$3" ;;
esac
DOCKER
program "$place/converge" <"$root/terraform/modules/host/converge.sh"

# image VERSION: the deployment files of a release. Preparing takes root, and the broker has a test of its own.
image() {
  local files=$place/images/$1
  mkdir -p "$files"
  cp "$root/docker-compose.yml" "$files/"
  program "$files/deploy/converge.sh" <"$root/terraform/modules/host/converge.sh"
  program "$files/deploy/prepare-host.sh" <<'PREPARE'
#!/bin/bash
mkdir -p "$1"
PREPARE
  program "$files/deploy/rolling-restart.sh" <<'ROLLING'
#!/bin/bash
echo "rolling $*" >>"$CALLS"
ROLLING
  program "$files/deploy/lambda/broker.sh" <<'BROKER'
#!/bin/bash
echo "broker $1 $BROKER_NAME" >>"$CALLS"
BROKER
}

# wants RELEASE FILTER: what Terraform wrote.
wants() {
  jq --null-input --arg release "$1" '{$release, images: "ghcr.io/x", runtime: "ec2", elsewhere: [], doors: {}, pollers: null,
    settings: {PACKYTRACE_ENV: "production", PACKYTRACE_VERSION: $release, AWS_REGION: "eu-central-1", CREDENTIALS_ROLE_PREFIX: "arn:role/packytrace-"}} |
    '"${2:-.}" >"$place/parameter"
}

minute() { : >"$calls" && "$place/converge"; }
asked() { grep --quiet --extended-regexp -- "$1" "$calls" || { echo "$step: nobody asked for: $1" >&2; cat "$calls" >&2; exit 1; }; }
not_asked() { ! grep --extended-regexp -- "$1" "$calls" || { echo "$step: that was not wanted" >&2; exit 1; }; }

image 1.0.0 && image 1.1.0
# The gateway's container, once there is one.
: >"$place/gateway"
echo '# another' >>"$place/images/1.1.0/deploy/converge.sh"

step="the first minute" && wants 1.0.0 && minute
asked '^docker pull --quiet ghcr.io/x/packytrace-ops:1.0.0$'
asked '^docker compose .*--file [^ ]*/releases/1.0.0/docker-compose.yml up --detach --wait --remove-orphans$'
not_asked 'docker-compose.lambda.yml|^broker|^rolling'
grep --quiet '^PACKYTRACE_VERSION=1.0.0$' "$place/state/settings.env"

step="the next minute" && minute
not_asked ' up | pull '

step="after a boot" && echo container >"$place/gateway" && rm "$place/run.running.json" && minute
asked ' up --detach' && not_asked '^docker pull|^rolling'

step="a new release, with its own way of doing this" && wants 1.1.0 && minute
asked 'releases/1.1.0/docker-compose.yml up --detach'
[ "$(grep --only-matching '^rolling \| up ' "$calls" | tr -d '\n')" = "rolling  up " ]
asked "^rolling $place/converge compose$"
cmp "$place/converge" "$place/images/1.1.0/deploy/converge.sh"

step="a restart" && : >"$calls" && "$place/converge" restart
asked "^rolling $place/converge compose$" && not_asked ' up '

step="to Lambda"
wants 1.1.0 '.runtime = "lambda" | .elsewhere = ["fridge", "passport"] | .doors = {"8101": "x.on.aws"} | .settings.BROKER_NAME = "broker"' && minute
asked 'docker-compose.lambda.yml up --detach' && not_asked '^rolling'
asked '--profile on-host rm --stop --force fridge passport$'
[ "$(grep --only-matching '^broker [a-z]*\| up ' "$calls" | tr '\n' ',')" = "broker certificate, up ,broker logins," ]
grep --quiet '^:8101 {$' "$place/state/doors.caddy" && grep --quiet 'header_up Host x.on.aws' "$place/state/doors.caddy"

step="the next minute on Lambda" && minute
asked '^broker logins broker$' && not_asked ' up |certificate'

step="AWS does not answer" && cp "$place/state/wanted.json" "$place/before" && rm "$place/parameter"
! minute 2>/dev/null || { echo "$step: and nobody notices" >&2; exit 1; }
cmp "$place/before" "$place/state/wanted.json" && not_asked 'docker'

step="the operator's tool" && : >"$calls" && "$place/converge" compose run --rm ops doctor
asked '^docker compose --project-name packytrace .* run --rm ops doctor$'
echo "the host does what Terraform says"
