#!/bin/sh
# As root, before the first start after each boot: the folders in which `packytrace-ops secrets render` and
# `packytrace-ops credentials` leave what one container each may read. They are in memory, so a switched-off
# machine has no secret on its disk.
#   prepare-host.sh [FOLDER]     default /run/packytrace
set -eu

folder=${1:-/run/packytrace}
user=10001

mkdir -p "$folder"
[ "$(stat --file-system --format=%T "$folder")" = tmpfs ] ||
  mount -t tmpfs -o size=1m,nosuid,nodev,noexec packytrace "$folder"
chown "$user:$user" "$folder"
chmod 0700 "$folder"
for service in postgres redpanda keycloak operator door \
  api-gateway passport personalization identity fridge measurement brand-analytics; do
  mkdir -p "$folder/$service"
  chown "$user:$user" "$folder/$service"
  chmod 0700 "$folder/$service"
done
