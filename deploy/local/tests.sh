# shellcheck shell=bash
# What runs the workspace's tests against an instance.

nextest_version=0.9.151

install_test_tools() {
  fetch_all
  fetch_emulator
  cargo_tool nextest $nextest_version --no-default-features
}

# nextest ARG…: tests see this instance and nothing else of the machine. SQL is compiled against .sqlx.
nextest() {
  say ""
  (
    cd "$root" || exit
    export PATH=$dist/cargo-nextest-$nextest_version/bin:$PATH SQLX_OFFLINE=true LAMBDA_EMULATOR=$emulator
    mapfile -t settings < <(ops_settings | grep -E '^(KAFKA|AWS)_')
    export "${settings[@]}" KAFKA_USERNAME=admin "KAFKA_PASSWORD=$(secret kafka)"
    DATABASE_URL=$(postgres_admin_url) cargo nextest run --locked "$@"
  )
}
