#!/usr/bin/env bash
# make bench: release builds on an instance of its own, durable as in production, with nothing in it
# but the demo catalog; load through the public door beside the same SQL by pgbench.
set -euo pipefail
export PACKYTRACE_PROFILE=release RUST_LOG=${RUST_LOG:-warn}
source "$(dirname "$0")/own-instance.sh" bench "${BENCH_PORT:-26080}"

tools_ready "$packages_to_bench"
bring_up
say ""
SQLX_OFFLINE=true cargo bench --locked --quiet --package personalization --bench verdict --manifest-path "$root/Cargo.toml"
"$python" "$root/bench/scans.py" "$state/endpoints.json" "$@"
