#!/usr/bin/env bash
# .local/compose/bin/compose: Compose with the files and settings of the containers on this machine. Beside it
# packytrace-ops, which it runs in a container: files reach it by standard input.
set -euo pipefail
source "$(dirname "$0")/composed.sh"

compose "$@"
