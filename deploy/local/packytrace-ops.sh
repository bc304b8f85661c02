#!/usr/bin/env bash
# .local/bin/packytrace-ops: the operator's tool with the settings of one local instance.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

[ -x "$programs/packytrace-ops" ] || die "It is not built yet: make up builds it."
[ ! -f "$state/endpoints.json" ] || export PACKYTRACE_ENDPOINTS=$state/endpoints.json
ops "$@"

# endpoints.json tells programs each function's own login: the one that counts now.
case "$*" in
  "secrets rotate database"* | "secrets rotate all"* | "secrets rollback database"*) write_endpoints ;;
esac
