#!/usr/bin/env bash
# The base of all stand-ins: a small Debian, made by debootstrap from this machine's own mirror.
#   debian.sh TAG
set -euo pipefail

tag=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# shellcheck disable=SC2016  # apt's own variable
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | sed -n 1p)
debootstrap --variant=minbase --include=ca-certificates,netcat-openbsd bookworm "$folder/root" "$mirror"
rm -rf "$folder"/root/var/cache/apt/archives/*.deb "$folder"/root/var/lib/apt/lists/*
tar --directory "$folder/root" --create --file - . |
  docker import --change 'CMD ["bash"]' --change 'ENV LANG=C.UTF-8' - "$tag"
