#!/usr/bin/env bash
# make reset: stops this instance and forgets its data, passwords and settings. Downloads and the
# build stay, and so does the log of erasures: a backup that is restored later needs it.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

"$here/down.sh"
for name in postgres kafka ssm.json secrets run log caddy bin programs ports endpoints.json; do
  rm -rf "${state:?}/$name"
done
say "Forgotten. The next make up starts with nothing but the demo data."
