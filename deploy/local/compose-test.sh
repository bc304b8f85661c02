#!/usr/bin/env bash
# make compose-test: production's Compose file with stand-ins, brought up from nothing, asked and measured
# (end-to-end/tests/containers.rs), and the journey of a person through Caddy on TLS; gone afterwards.
# KEEP=yes leaves it up.
set -euo pipefail
source "$(dirname "$0")/composed.sh"
trap 'stop_jobs; [ "${KEEP:-no}" = yes ] || compose_down --volumes' EXIT

# composed_tests ARG…: nextest, for which the broker's name leads to its container, as it does for every
# container, and Caddy's authority counts. Neither changes anything outside of this run.
composed_tests() {
  (cat /etc/hosts && echo "$(address_of redpanda) redpanda") >"$state/hosts"
  local settings=(
    PATH="$dist/cargo-nextest-$nextest_version/bin:$PATH" SQLX_OFFLINE=true PACKYTRACE_STATE="$state"
    SSL_CERT_FILE="$state/authority.crt" AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  )
  # shellcheck disable=SC2016  # the inner shell's arguments
  as_root unshare --mount sh -euc 'mount --bind "$1" /etc/hosts && shift && exec "$@"' sh "$state/hosts" \
    env --chdir="$root" "${settings[@]}" cargo nextest run --locked --package end-to-end "$@"
}

install_for_tests() {
  fetch_all
  cargo_tool nextest "$nextest_version" --no-default-features
}

compose_up
step tools "cargo-nextest" install_for_tests
# The operator's tool sees no file of this machine from its container, which one test of the resolver wants.
composed_tests --filterset '(binary(journey) or binary(resolver) or binary(trust)) and not test(links_that_the_operator_puts)'
composed_tests --filterset 'binary(containers)' --success-output final --test-threads 1
say "The containers are what they should be."
