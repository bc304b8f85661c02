#!/usr/bin/env bash
# make advisories: what is known against our dependencies. Both databases are on the internet, so
# this is not part of make check; CI asks on every change and once a week.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

prepare
cargo_tool deny "$deny_version"
"$dist/cargo-deny-$deny_version/bin/cargo-deny" --manifest-path "$root/Cargo.toml" check advisories
for place in web deploy/release; do
  npm --prefix "$root/$place" audit --package-lock-only --omit dev --audit-level high
done
