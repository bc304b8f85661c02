#!/usr/bin/env bash
# make test: every test that exists, on an instance of its own, from a clean clone or any other state.
# What fails fast runs first: the web app's rules, Terraform's, then the workspace, then the whole system.
set -euo pipefail
# Incremental data is of no use to a build from nothing, and takes gigabytes.
export PACKYTRACE_DURABLE=no SECRETS_MAX_AGE_SECONDS=3 CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
source "$(dirname "$0")/own-instance.sh" test "${TEST_PORT:-18080}"

test_web() {
  install_web
  npm --prefix "$root/web" run check
  npm --prefix "$root/web" test
}

browser_tests() { BASE_URL=$base_url npm --prefix "$root/web" run e2e; }

tools_ready "$packages_to_run" "$packages_to_test" "$packages_to_prove"
ports_free
begin tools "downloads and cargo-nextest" install_test_tools
# Long, and beside it the web app's and Terraform's tests cost little time.
begin functions "functions and operator: build" build_functions
step web-tests "web app: types, style, unit tests" test_web
finish tools
"$here/terraform-test.sh" short
start_servers
finish functions
nextest --workspace --filterset 'not package(end-to-end) or binary(architecture) or binary(reference) or binary(pages)'

finish keycloak
bring_up
nextest --workspace --filterset 'package(end-to-end) and not (binary(architecture) or binary(containers) or binary(pages) or binary(reference) or binary(backup))'
browser_tests
step logs "logs: no token, no password, nobody's address, nothing about health" search_logs
# Last, because it destroys what all others stand on, logs included.
nextest --workspace --filterset 'package(end-to-end) and binary(backup)'
step logs-of-backup "logs of backup and restore: the same" search_logs
say "Everything passed."
