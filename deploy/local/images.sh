#!/usr/bin/env bash
# make images: every image of ours, from the images of deploy/images.env, as a release is made.
set -euo pipefail
source "$(dirname "$0")/composed.sh"
trap stop_jobs EXIT

prepare
engine_answers
step images "our images, version $version" our_images "$images"
image_sizes
