#!/usr/bin/env bash
# make restart [NAME=passport]: one function after the other finishes what it has begun and starts anew. A
# stand-in answers meanwhile; no request fails.
set -euo pipefail
source "$(dirname "$0")/everything.sh"
trap stop_jobs EXIT

supervisor_runs || die "Nothing runs: make up starts it."
# Who is asked comes before who asks: the gateway is the manifest's first and the last here.
for name in ${NAME:-$(function_names | tac)}; do
  step "restart-$name" "$name" "$here/service.sh" replace "$name"
done
