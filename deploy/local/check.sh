#!/usr/bin/env bash
# make check: what can be said without running anything: format, lints, licences, scripts, types.
set -euo pipefail
source "$(dirname "$0")/everything.sh"
trap stop_jobs EXIT

deny_version=0.20.2

# Advisories come from a Git repository on the internet: CI asks it (.github/workflows), a machine
# without internet cannot.
check_dependencies() {
  cargo_tool deny $deny_version
  "$dist/cargo-deny-$deny_version/bin/cargo-deny" --manifest-path "$root/Cargo.toml" check licenses bans sources
}

check_lints() {
  SQLX_OFFLINE=true cargo clippy --manifest-path "$root/Cargo.toml" --locked --workspace --all-targets -- --deny warnings
}

check_scripts() {
  shellcheck --external-sources "$here"/*.sh "$root"/deploy/*.sh "$root/.ci/run"
}

check_monitoring() {
  make_python "$dist/monitoring" "$pins/monitoring.txt"
  "$dist/monitoring/bin/python" "$here/monitoring.py" "$root/deploy/monitoring"
}

check_web() {
  install_web
  npm --prefix "$root/web" run check
}

check_caddyfile() {
  mapfile -t settings < <(caddy_settings)
  env "${settings[@]}" caddy validate --config "$root/Caddyfile" --adapter caddyfile
}

prepare
tools_ready "$packages_to_run" "$packages_to_check"
step scripts "scripts: shellcheck" check_scripts
step caddyfile "Caddyfile" check_caddyfile
step monitoring "alerts and dashboard" check_monitoring
step format "Rust: format" cargo fmt --manifest-path "$root/Cargo.toml" --all --check -- --color never
step web "web app: types, style" check_web
step lints "Rust: clippy, warnings denied" check_lints
step docs "documentation as a site" "$here/docs.sh"
step dependencies "dependencies: licences, bans, sources" check_dependencies
say "Everything is as it should be."
