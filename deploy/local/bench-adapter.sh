#!/usr/bin/env bash
# The adapter's part of make bench, which can be run by itself: the same router on hyper, in the adapter,
# under AWS's emulator and under `cargo lambda watch`; then the Kafka trigger beside a bare consumer, on
# a broker of its own. BENCH_SECONDS and BENCH_ROUNDS make it longer.
set -euo pipefail
source "$(dirname "$0")/own-instance.sh" bench-adapter "${BENCH_PORT:-26080}"

benchmark() {
  cargo bench --locked --package runtime-adapter --manifest-path "$root/Cargo.toml" --bench "$@"
}

fetch_peers() {
  fetch_all
  fetch_emulator
  from_wheel cargo-lambda '*/cargo-lambda'
}

tools_ready "$packages_to_run"
ports_free
step tools "downloads" fetch_peers
step benches "release build" benchmark http --no-run
step settings "settings" write_settings
step supervisor "supervisor" supervisor_start
step kafka "Kafka" start_kafka
say ""
benchmark http -- --seconds "${BENCH_SECONDS:-3}" --rounds "${BENCH_ROUNDS:-5}" \
  --emulator "$emulator" --cargo-lambda "$dist/cargo-lambda/cargo-lambda"
KAFKA_BOOTSTRAP=$kafka_bootstrap KAFKA_USERNAME=admin KAFKA_PASSWORD=$(secret kafka) \
  benchmark kafka -- --rounds "${BENCH_ROUNDS:-5}"
