#!/usr/bin/env bash
# make docs: the documentation as a site in target/docs. A broken link or a page that the menu forgot
# is an error.
set -euo pipefail
source "$(dirname "$0")/everything.sh"

# The browser's part of the diagrams, held to the checksum in deploy/pins/.
fetch_mermaid() {
  local pin=$pins/mermaid.sha512 home=$dist/mermaid version
  fresh "$home" "$pin" && return
  version=$(sed -n 's/.*mermaid-\(.*\)\.tgz/\1/p' "$pin")
  rm -rf "$home" && mkdir -p "$home"
  (cd "$home" && npm pack --silent "mermaid@$version" >/dev/null && sha512sum --check --strict --quiet "$pin")
  tar --extract --gzip --file "$home/mermaid-$version.tgz" --directory "$home" --strip-components 2 package/dist/mermaid.min.js
  rm "$home/mermaid-$version.tgz"
  made_from "$home" "$pin"
}

mkdir -p "$dist"
make_python "$dist/docs" "$root/docs/requirements.txt"
fetch_mermaid
NO_MKDOCS_2_WARNING=1 "$dist/docs/bin/mkdocs" build --strict --quiet --config-file "$root/docs/site/mkdocs.yml"
install -m 644 "$dist/mermaid/mermaid.min.js" "$root/target/docs/assets/javascripts/"
say "target/docs/index.html"
