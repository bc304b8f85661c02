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

# What no log may hold, as expressions: tokens, addresses, visitors' cookies, what a profile says, and every
# password of this instance and of the tests.
forbidden_in_logs() {
  cat <<'PATTERNS'
eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}
[A-Za-z0-9._+-]+@example\.(org|net|com)
v1\.[0-9a-f]{8}\.[0-9a-f]{8}-[0-9a-f]{4}-4
PRIVATE KEY|"pkcs8"|SCRAM-SHA-(256|512)\$
hazelnut|coeliac|lactose_intolerance|hypertension|pregnancy
reads labels at night|sends requests all night
PATTERNS
  jq --raw-output '.demo_users[].password' "$state/endpoints.json"
  for file in "$state"/secrets/*; do echo "$(<"$file")"; done
}

# search_logs: all logs of a whole run. The control comes first, since a search that finds nothing anywhere
# proves nothing.
search_logs() {
  local control
  for control in "anna@example.org" "anna-reads-labels" "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0" "$(secret postgres)"; do
    grep --quiet --extended-regexp --file <(forbidden_in_logs) <<<"$control" || die "The search finds nothing."
  done
  ! grep --extended-regexp --file <(forbidden_in_logs) "$logs"/*.log*
}
