# shellcheck shell=bash
# Images and containers: Docker's client, Compose, our images, and what stands in for other people's on a
# machine without a registry.

images=$root/deploy/images.env
offline=$root/deploy/offline
# With REAL_IMAGES=yes other people's images are their own, Redpanda among them, and not stand-ins.
real_images=${REAL_IMAGES:-no}
version=$(sed -n '/^\[workspace.package\]/,/^\[/ s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")
prefix=${PACKYTRACE_IMAGES:-ghcr.io/packytrace}
host_folder=${PACKYTRACE_RUN:-/run/packytrace}

engine_answers() {
  docker info >/dev/null 2>&1 ||
    die "Docker's engine does not answer: start it (systemctl start docker, or dockerd), or run this as somebody who may use it."
}

# A client that builds with BuildKit: up to version 22 as it comes, later with the buildx plugin. Where the
# first one on the path lacks that, the distribution's own may have it.
docker_client() {
  local client
  for client in docker /usr/bin/docker; do
    can_build "$client" && echo "$client" && return
  done
  die "No Docker client here can build with BuildKit: install docker.io, or Docker's buildx plugin."
}

can_build() {
  local major
  major=$("$1" version --format '{{.Client.Version}}' 2>/dev/null | cut -d. -f1)
  [ -n "$major" ] && { ((major < 23)) || "$1" buildx version >/dev/null 2>&1; }
}

# image FILE TARGET CONTEXT TAG OPTION…: builds one target of a Dockerfile.
image() {
  local client
  client=$(docker_client)
  DOCKER_BUILDKIT=1 "$client" build --progress=plain --file "$1" --target "$2" --tag "$4" "${@:5}" "$3"
}

# our_images FILE…: every image of ours, on the bases that the files of variables name; later ones count more.
our_images() {
  local name bases
  mapfile -t bases < <(cat "$@" | sed -n 's/^[A-Z]*\(_IMAGE\|PROGRAMS\|PAGES\)=.*/--build-arg=&/p')
  for name in $(function_names); do
    image "$root/deploy/Dockerfile" function "$root" "$prefix/$name:$version" "${bases[@]}" --build-arg=FUNCTION="$name"
  done
  image "$root/deploy/Dockerfile" ops "$root" "$prefix/packytrace-ops:$version" "${bases[@]}"
  for name in caddy keycloak; do
    image "$root/deploy/Dockerfile" "$name" "$root" "$prefix/$name:$version" "${bases[@]}"
  done
}

image_sizes() {
  docker image ls --format '{{.Repository}}:{{.Tag}} {{.Size}}' | grep "^$prefix/.*:$version " | sort | column -t
}

# The stand-ins, each made once; `docker image rm` makes it be made again.
stand_ins() {
  local tag
  tag=$(offline_image DEBIAN)
  has_image "$tag" || "$offline/debian.sh" "$tag"
  stand_in postgres POSTGRES "$offline"
  stand_in caddy CADDY "$offline"
  stand_in kafka REDPANDA "$kafka_home"
  stand_in keycloak KEYCLOAK "$keycloak_home"
  stand_in moto MOTO "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
}

# stand_in TARGET VARIABLE CONTEXT
stand_in() {
  local tag
  tag=$(offline_image "$2")
  has_image "$tag" || image "$offline/Dockerfile" "$1" "$3" "$tag"
}

offline_image() { sed -n "s/^$1_IMAGE=//p" "$offline/images.env"; }
has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Programs and pages of this machine as images, for the same last stages as everywhere.
own_products() {
  local folder=$state/products name
  rm -rf "$folder" && mkdir -p "$folder"
  for name in $(function_names) healthy packytrace-ops; do ln "$built/$name" "$folder/$name" 2>/dev/null || cp "$built/$name" "$folder/"; done
  image "$offline/Dockerfile" programs "$folder" packytrace-offline/programs:here
  image "$offline/Dockerfile" pages "$state/www" packytrace-offline/pages:here
}

# Compose as the machine has it, else the pinned one, built from its Go module.
fetch_compose() {
  local home=$dist/docker-compose pin=$pins/docker-compose.txt path wanted sum module
  ! docker compose version >/dev/null 2>&1 || return 0
  fresh "$home" "$pin" && return
  command -v go >/dev/null || die "Compose is missing: install Docker's compose plugin, or Go to build it with."
  read -r path wanted sum < <(grep '^github' "$pin")
  echo "Compose $wanted, by go build"
  module=$(go mod download -json "$path@$wanted")
  [ "$(jq --raw-output .Sum <<<"$module")" = "$sum" ] || die "Compose's source is not the pinned one."
  mkdir -p "$home"
  (
    cd "$(jq --raw-output .Dir <<<"$module")" || exit
    go build -mod=readonly -trimpath -ldflags "-s -w -X $path/internal.Version=$wanted" -o "$home/docker-compose" ./cmd
  )
  made_from "$home" "$pin"
}

compose_program() {
  if docker compose version >/dev/null 2>&1; then echo docker compose; else echo "$dist/docker-compose/docker-compose"; fi
}

# compose ARG…: production's file with what a machine without a registry and without AWS changes.
compose() {
  local program
  local with=(--env-file "$images" --file "$root/docker-compose.yml" --file "$root/docker-compose.dev.yml")
  [ "$real_images" = yes ] || with+=(--env-file "$offline/images.env" --file "$offline/docker-compose.yml")
  read -ra program < <(compose_program)
  PACKYTRACE_VERSION=$version "${program[@]}" --project-directory "$root" "${with[@]}" --env-file "$state/compose.env" "$@"
}

write_compose_settings() {
  cat >"$state/compose.env" <<EOF
PACKYTRACE_ENV=local
PACKYTRACE_RUN=$host_folder
AWS_REGION=eu-central-1
SITE_ADDRESS=localhost
PUBLIC_URL=$(compose_url)
HTTP_PORT=${HTTP_PORT:-80}
HTTPS_PORT=${HTTPS_PORT:-443}
EOF
}

compose_url() { if [ "${HTTPS_PORT:-443}" = 443 ]; then echo https://localhost; else echo "https://localhost:$HTTPS_PORT"; fi; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# address_of SERVICE: its address on one of its networks, which only this machine reaches.
address_of() {
  docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(compose ps --quiet "$1")" |
    tr ' ' '\n' | grep -v -e '^169\.254\.' -e '^10\.213\.1\.' | sed -n 1p
}
