#!/usr/bin/env bash
# make up: a running product on this machine, and what to do with it.
set -euo pipefail
source "$(dirname "$0")/everything.sh"
trap stop_jobs EXIT

bring_up
greet "$SECONDS"
