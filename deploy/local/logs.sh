#!/usr/bin/env bash
# make logs [NAME=passport]: follows the logs of everything, or of one.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

[ -d "$logs" ] || die "There are no logs yet: make up writes them."
if [ -n "${NAME:-}" ]; then exec tail -n 50 -F "$logs/$NAME.log"; fi
exec tail -n 20 -F "$logs"/*.log
