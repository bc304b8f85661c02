#!/usr/bin/env bash
# make docs: the documentation as a site in target/docs. A broken link or a page that the menu forgot
# is an error.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

make_python "$dist/docs" "$root/docs/requirements.txt"
NO_MKDOCS_2_WARNING=1 "$dist/docs/bin/mkdocs" build --strict --quiet --config-file "$root/docs/site/mkdocs.yml"
say "target/docs/index.html"
