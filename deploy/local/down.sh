#!/usr/bin/env bash
# make down: stops everything of this instance and waits until it has ended.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

if supervisor_runs; then
  step down "stopping" supervisor_stop
else
  say "Nothing runs."
fi
