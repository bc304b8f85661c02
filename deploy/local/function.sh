#!/usr/bin/env bash
# .local/bin/passport and the like: one function with the settings of this instance.
#   passport [SETTING=value…] [invoke …]
# What is called by hand is an environment of its own, `test`, which reads this instance's secrets.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

name=$1
shift
[ -x "$programs/$name" ] || die "It is not built yet: make up builds it."
mapfile -t settings < <(function_settings "$name")
[ "${1:-}" != invoke ] || settings+=(PACKYTRACE_ENV=test "RUST_LOG=${RUST_LOG:-warn}")
while [[ ${1:-} == [A-Z]*=* ]]; do
  settings+=("$1")
  shift
done
# make lambda-proof runs it in the file system of its image as well.
program=("$programs/$name")
[ -z "${PACKYTRACE_IMAGE_ROOTS:-}" ] || program=(chroot --userspec=10001:10001 "$PACKYTRACE_IMAGE_ROOTS/$name" /bootstrap)
exec env "${settings[@]}" "${program[@]}" "$@"
