#!/usr/bin/env bash
# make bench: release builds on an instance of its own, durable as in production, with nothing in it
# but the demo catalog; the adapter beside its peers, then load through the public door beside the same
# SQL by pgbench.
set -euo pipefail
export PACKYTRACE_PROFILE=release RUST_LOG=${RUST_LOG:-warn}
source "$(dirname "$0")/own-instance.sh" bench "${BENCH_PORT:-26080}"

tools_ready "$packages_to_bench" "$packages_to_test"
say "adapter"
"$here/bench-adapter.sh"
say "codes"
(cd "$root" && SQLX_OFFLINE=true cargo bench --locked -p passport --bench codes)
say "verdicts"
(cd "$root" && SQLX_OFFLINE=true cargo bench --locked -p personalization --bench verdict)
say "closing a window"
(cd "$root" && SQLX_OFFLINE=true cargo bench --locked -p measurement --bench close)
bring_up
say "web"
npm --prefix "$root/bench/web" ci --no-audit --no-fund
node "$root/bench/web/lighthouse.mjs" "$base_url"
say "taking in facts"
"$state/bin/service" stop measurement
(
  cd "$root"
  KAFKA_BOOTSTRAP=$kafka_bootstrap KAFKA_USERNAME=admin KAFKA_PASSWORD=$(secret kafka) SQLX_OFFLINE=true \
    MEASUREMENT_DATABASE_URL=$(jq --raw-output .functions.measurement.database_url "$state/endpoints.json") \
    cargo bench --locked -p measurement --bench ingest
)
"$state/bin/service" start measurement
say "what a scan takes, and what it would cost: docs/cost.md"
"$python" "$root/bench/scan_cost.py" "$state" --note "Release programs, make bench." >"$state/scan-cost.json"
install -m 644 "$state/scan-cost.json" "$root/bench/scan-cost.json"
"$python" "$root/bench/cost.py"
for measurement in scans resolver fridge closing; do
  say "$measurement"
  "$python" "$root/bench/$measurement.py" "$state/endpoints.json" "$@"
done
