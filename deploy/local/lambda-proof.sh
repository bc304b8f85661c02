#!/usr/bin/env bash
# make lambda-proof: every function of the manifest and the adapter's fixture, the same binaries, under
# AWS's Runtime Interface Emulator: recorded events get the answers that they get in process, and a
# process that was frozen wakes well. On an instance of its own; `make test` runs it too. Then the same in the
# file systems of the images, where they have been built here.
set -euo pipefail
export PACKYTRACE_DURABLE=no
source "$(dirname "$0")/own-instance.sh" lambda-proof "${PROOF_PORT:-22080}"
source "$here/containers.sh"

# have_images: whether there is an image of this version for every function, and a root to enter them.
have_images() {
  local name
  [ "$(id -u)" = 0 ] && docker info >/dev/null 2>&1 || return 1
  for name in $(function_names); do has_image "$prefix/$name:$version" || return 1; done
}

# Each image as a folder, as Lambda unpacks it.
unpack_images() {
  local name container
  for name in $(function_names); do
    mkdir -p "$state/roots/$name"
    container=$(docker create "$prefix/$name:$version")
    docker export "$container" | tar --extract --directory "$state/roots/$name"
    docker rm "$container" >/dev/null
  done
}

tools_ready "$packages_to_run" "$packages_to_prove"
step tools "downloads and cargo-nextest" install_test_tools
bring_up
step fixture "fixture: build" cargo build --locked --package runtime-adapter --example fixture --manifest-path "$root/Cargo.toml"
nextest --package end-to-end --filterset 'binary(lambda) or binary(frozen)'
if have_images; then
  step roots "the images as folders" unpack_images
  PACKYTRACE_IMAGE_ROOTS=$state/roots nextest --package end-to-end \
    --filterset 'test(every_function_answers_under_the_emulator_as_in_process)'
else
  say "NOT RUN: the same in the images' file systems, which make compose-offline (or make images) builds, as root."
fi
say "The answers are the same."
