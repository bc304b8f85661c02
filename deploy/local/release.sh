#!/usr/bin/env bash
# make release-version, release, release-image, deploy-docs: what the workflows of .github do, and only
# they. A version is decided from the commits by semantic-release (deploy/release); an image is built
# once for each version and never again under the same name.
#   release.sh version | publish | image NAME VERSION | docs
set -euo pipefail
source "$(dirname "$0")/everything.sh"

wrangler_version=4.164.0

semantic_release() {
  npm --prefix "$root/deploy/release" ci --ignore-scripts --no-audit --no-fund
  (cd "$root" && deploy/release/node_modules/.bin/semantic-release \
    --extends "$root/deploy/release/release.config.mjs" "$@")
}

# release_image NAME VERSION: builds and pushes it with provenance and a bill of materials, and tells
# the workflow its digest.
release_image() {
  local name=$1 version=$2 tag target=$1 arguments=() line metadata
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9a-z.-]+)?$ ]] || die "VERSION is no version: $version"
  tag=${PACKYTRACE_IMAGES:?}/$name:$version
  ! docker buildx imagetools inspect "$tag" >/dev/null 2>&1 || die "$tag is there already; a version is never replaced."
  case $name in
    packytrace-ops) target=ops ;;
    caddy | keycloak) ;;
    *)
      function_names | grep -qx "$name" || die "NAME is no image of ours: $name"
      target=function
      arguments+=(--build-arg "FUNCTION=$name")
      ;;
  esac
  while read -r line; do arguments+=(--build-arg "$line"); done < <(grep -E '^[A-Z]' "$root/deploy/images.env")
  metadata=$(mktemp)
  docker buildx create --use --driver docker-container --name packytrace >/dev/null
  docker buildx build --file "$root/deploy/Dockerfile" --target "$target" "${arguments[@]}" \
    --provenance mode=max --sbom true --tag "$tag" --push --metadata-file "$metadata" "$root"
  echo "digest=$(jq -er '."containerimage.digest"' "$metadata")" >>"${GITHUB_OUTPUT:-/dev/stdout}"
}

# The site as `make docs` left it.
deploy_docs() {
  npx --yes "wrangler@$wrangler_version" pages deploy "$root/target/docs" \
    --project-name "${CLOUDFLARE_PROJECT:?}" --branch main
}

case ${1:-} in
  version) semantic_release --dry-run --ci false ;;
  publish) semantic_release ;;
  image) release_image "${2:?NAME}" "${3:?VERSION}" ;;
  docs) deploy_docs ;;
  *) die "version, publish, image NAME VERSION, or docs" ;;
esac
