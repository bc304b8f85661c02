#!/usr/bin/env bash
# make pin-images: writes the digest of each image in deploy/images.env behind its version. A digest is
# written only when the registry has just said it; if one cannot be asked, nothing is written.
set -euo pipefail
source "$(dirname "$0")/composed.sh"

# digest_of IMAGE: what the registry says of this version, for all kinds of machines.
digest_of() {
  local said
  said=$(docker manifest inspect --verbose "$1" 2>"$fresh.error") ||
    die "No registry says what $1 is; nothing is written. Docker says:
$(head -c 400 "$fresh.error")"
  docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$1" 2>/dev/null ||
    jq --raw-output 'if type == "array" then error("needs docker buildx") else .Descriptor.digest end' <<<"$said" ||
    die "$1 is there for several kinds of machines: Docker's buildx plugin is needed to ask for their common digest."
}

engine_answers
fresh=$(mktemp)
trap 'rm -f "$fresh" "$fresh.error"' EXIT
while IFS= read -r line; do
  if [[ $line == *_IMAGE=* ]]; then
    tagged=${line#*=}
    digest=$(digest_of "${tagged%@*}")
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || die "$tagged: that is no digest: $digest"
    line=${line%%=*}=${tagged%@*}@$digest
  fi
  echo "$line" >>"$fresh"
done <"$images"
cat "$fresh" >"$images"
say "Written: ${images#"$root"/}"
