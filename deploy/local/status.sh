#!/usr/bin/env bash
# make status: what runs, since when, and whether it answers.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

if ! supervisor_runs; then
  say "Nothing runs: make up starts it."
  exit 3
fi
supervisor_ask status || true
whole_path_answers || die "$base_url does not answer as it should."
say "$base_url answers."
