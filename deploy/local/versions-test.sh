#!/usr/bin/env bash
# make versions-test: versions N and N−1 of every pair that talks work together, so that one function
# can be released and rolled back alone. On an instance of today's programs each function in turn is
# replaced by that of another version (REF, by default the last tag), journeys through all of its
# neighbours are walked, and it is put back, with more journeys at the end. Its neighbours in turn meet the
# older one, so each pair of the manifest is walked both ways: the older calls the newer and is called.
# The database is today's: the older version has to get along with it, as after a rollback.
# OLDER names a folder with programs that are built already, taken out of images, say.
set -euo pipefail
export PACKYTRACE_DURABLE=no
reference=${REF:-}
source "$(dirname "$0")/own-instance.sh" versions "${VERSIONS_PORT:-28080}"
reference=${reference:-$(git -C "$root" describe --tags --abbrev=0 --match 'v*' 2>/dev/null || true)}
older=${OLDER:-$state/older}
swapped=${FUNCTIONS:-$(function_names)}

# What is walked each time, "function test": sign-up, consent, export and erasure with every
# confirmation, scans with verdicts, the fridge, recalls, brands, and the numbers behind the wall. Where
# the older version does not have that function yet, the two never have to talk.
journeys='
passport        a_scan_reaches_kafka_as_a_valid_event
passport        a_camera_app_is_led_to_the_passport_page_and_leaves_one_scan
identity        a_person_registers_consents_and_takes_everything_along
identity        after_an_erasure_nobody_knows_the_person
identity        brands_are_made_by_administrators_and_seen_by_their_users
personalization a_person_with_a_profile_sees_the_verdict_with_its_reasons
personalization without_consent_there_is_no_profile_and_a_withdrawal_erases_it
fridge          a_scanned_date_and_lot_are_in_the_fridge_without_typing
fridge          a_recall_of_a_lot_reaches_exactly_that_lot_within_seconds
brand-analytics a_brand_sees_its_own_numbers_and_nobody_elses
'

build_older() {
  local source=$state/source name
  rm -rf "$source" && git -C "$root" worktree prune
  git -C "$root" worktree add --force --detach "$source" "$reference"
  SQLX_OFFLINE=true CARGO_TARGET_DIR=${built%/*} \
    cargo build --locked --workspace --bins --manifest-path "$source/Cargo.toml"
  mkdir -p "$older"
  for name in $(function_names); do
    # A function that the other version does not have yet has no version to go back to.
    [ ! -e "$built/$name" ] || [ ! -d "$source/functions/$name" ] || install "$built/$name" "$older/$name"
  done
  git -C "$root" worktree remove --force "$source"
}

# swap NAME PROGRAM: this function runs that program.
swap() {
  supervisor_ask stop "$1"
  install "$2" "$programs/$1.new" && mv "$programs/$1.new" "$programs/$1"
  service_start "$1" function_ready "$1"
}

# walk: every journey whose function both versions have.
walk() {
  local name journey chosen='none()'
  while read -r name journey; do
    [ -z "$journey" ] && continue
    [ -x "$older/$name" ] || { say "NOT RUN: $journey, because $reference has no $name" && continue; }
    chosen="$chosen or test($journey)"
  done <<<"$journeys"
  nextest --package end-to-end --filterset "$chosen"
}

if [ -z "$reference" ]; then
  say "NOT RUN: this repository has no tag v* yet, and REF names no other version."
  exit 0
fi
git -C "$root" rev-parse --verify --quiet "$reference^{commit}" >/dev/null || die "REF is no commit: $reference"
tools_ready "$packages_to_run"
step tools "downloads and cargo-nextest" install_test_tools
[ -n "${OLDER:-}" ] || step older "functions of $reference: build" build_older
bring_up
for name in $swapped; do
  [ -x "$older/$name" ] || { say "NOT RUN: $reference has no $name" && continue; }
  step "older-$name" "$name of $reference among today's" swap "$name" "$older/$name"
  walk
  step "newer-$name" "$name of today again" swap "$name" "$built/$name"
done
walk
say "Each function can be rolled back to $reference and released again alone."
