#!/usr/bin/env bash
# make compose-offline: production's Compose file on a machine without a registry: stand-ins for other
# people's images, our own images, everything up and healthy, the demo loaded.
# make compose-offline-down: stops it; `compose-offline.sh down --volumes` forgets its data as well.
set -euo pipefail
source "$(dirname "$0")/composed.sh"
trap stop_jobs EXIT

case ${1:-up} in
  up) compose_up ;;
  down) compose_down "${@:2}" ;;
  *) die "up or down; not $1" ;;
esac
