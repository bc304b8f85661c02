#!/usr/bin/env bash
# make test: every test that exists, on an instance of its own, from a clean clone or any other state.
# What fails fast runs first: the web app's rules, then the workspace, then the whole system.
set -euo pipefail
export PACKYTRACE_DURABLE=no
source "$(dirname "$0")/own-instance.sh" test "${TEST_PORT:-18080}"

nextest_version=0.9.151

install_tools() {
  fetch_all
  cargo_tool nextest $nextest_version --no-default-features
}

test_web() {
  install_web
  npm --prefix "$root/web" run check
  npm --prefix "$root/web" test
}

# Tests see this instance and nothing else of the machine. SQL is compiled against .sqlx.
nextest() {
  say ""
  (
    cd "$root"
    export PATH=$dist/cargo-nextest-$nextest_version/bin:$PATH SQLX_OFFLINE=true
    mapfile -t settings < <(ops_settings | grep -E '^(KAFKA|AWS)_')
    export "${settings[@]}" KAFKA_USERNAME=admin "KAFKA_PASSWORD=$(secret kafka)"
    DATABASE_URL=$(postgres_admin_url) cargo nextest run --locked --workspace "$@"
  )
}

browser_tests() { BASE_URL=$base_url npm --prefix "$root/web" run e2e; }

tools_ready "$packages_to_run" "$packages_to_test"
ports_free
begin tools "downloads and cargo-nextest" install_tools
step web-tests "web app: types, style, unit tests" test_web
finish tools
start_servers
nextest --filterset 'not package(end-to-end) or binary(architecture)'

finish keycloak
bring_up
nextest --filterset 'package(end-to-end) and not binary(architecture)'
browser_tests
say "Everything passed."
