#!/usr/bin/env bash
# .local/compose/bin/compose: Compose with the files and settings of the containers on this machine.
set -euo pipefail
source "$(dirname "$0")/composed.sh"

compose "$@"
