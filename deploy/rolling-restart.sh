#!/usr/bin/env bash
# Every function becomes what the Compose file says now, for new images or for nothing but a restart: one after
# the other gets a second container, and when that is ready, the first finishes what it has begun and goes. No
# request fails. What a new release needs of the database and the broker comes first. A container that does not
# become ready goes again, and the one before stays.
#   deploy/rolling-restart.sh [COMMAND…]     Compose with its files and settings; default: docker compose
set -euo pipefail

compose=("$@")
(($#)) || compose=(docker compose)

containers() { "${compose[@]}" ps --all --quiet "$1" | sort; }

# leave IDS: one a line.
leave() {
  xargs docker stop <<<"$1"
  xargs docker rm <<<"$1"
}

# replace NAME: where it runs.
replace() {
  local before new
  before=$(containers "$1")
  [ -n "$before" ] || return 0
  if "${compose[@]}" up --detach --no-deps --no-recreate --scale "$1=$(($(wc --lines <<<"$before") + 1))" --wait "$1"; then
    leave "$before"
  else
    new=$(comm -13 <(echo "$before") <(containers "$1"))
    [ -z "$new" ] || leave "$new"
    return 1
  fi
}

for name in bootstrap migrate kafka-apply; do "${compose[@]}" run --rm --no-deps --no-TTY "$name"; done
# Who is asked comes before who asks: the gateway last.
for name in brand-analytics measurement fridge identity personalization passport api-gateway; do replace "$name"; done
