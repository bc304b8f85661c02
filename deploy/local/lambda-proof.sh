#!/usr/bin/env bash
# make lambda-proof: every function of the manifest and the adapter's fixture, the same binaries, under
# AWS's Runtime Interface Emulator: recorded events get the answers that they get in process, and a
# process that was frozen wakes well. On an instance of its own; `make test` runs it too.
set -euo pipefail
export PACKYTRACE_DURABLE=no
source "$(dirname "$0")/own-instance.sh" lambda-proof "${PROOF_PORT:-22080}"

tools_ready "$packages_to_run" "$packages_to_prove"
step tools "downloads and cargo-nextest" install_test_tools
bring_up
step fixture "fixture: build" cargo build --locked --package runtime-adapter --example fixture --manifest-path "$root/Cargo.toml"
nextest --package end-to-end --filterset 'binary(lambda) or binary(frozen)'
say "The answers are the same."
