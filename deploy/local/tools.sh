# shellcheck shell=bash
# What has to be on the machine. Debian packages are installed where we may; what we cannot install
# is named. Nothing that is there is touched.

# "package check" lines: the package is missing when its check fails.
# shellcheck disable=SC2016  # the checks are evaluated later
packages_to_run='
build-essential          command -v gcc
ca-certificates          [ -e /etc/ssl/certs/ca-certificates.crt ]
caddy                    command -v caddy
cmake                    command -v cmake
curl                     command -v curl
iproute2                 command -v ss
jq                       command -v jq
libcurl4-openssl-dev     pkg-config --exists libcurl
libssl-dev               pkg-config --exists openssl
maven                    command -v mvn
openjdk-17-jdk-headless  java_is_17
pkg-config               command -v pkg-config
postgresql               [ -n "$(postgres_bin)" ]
postgresql-client        command -v psql
python3-venv             python_is_3_11
unzip                    command -v unzip
util-linux               command -v setpriv
zlib1g-dev               pkg-config --exists zlib
'
packages_to_test='
chromium                 command -v chromium
'
packages_to_prove='
libfaketime              ls /usr/lib/*/faketime/libfaketimeMT.so.1
'
packages_to_bench='
wrk                      command -v wrk
'
packages_to_check='
shellcheck               command -v shellcheck
'
packages_for_aws='
awscli                   command -v aws
'

java_is_17() { [ "$(java -version 2>&1 | sed -n '/version/s/^[^"]*"\([0-9]*\).*/\1/p')" -ge 17 ]; }
python_is_3_11() { python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))'; }

# The newest PostgreSQL server on this machine, as the folder of its programs.
postgres_bin() {
  local found
  found=$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)
  found=${found:-$(command -v postgres || true)}
  [ -z "$found" ] || dirname "$found"
}

# missing_packages LIST…: the Debian packages whose check fails.
missing_packages() {
  local package check
  printf '%s\n' "$@" | while read -r package check; do
    [ -z "$package" ] || (eval "$check") >/dev/null 2>&1 || echo "$package"
  done
}

# Rust and Node are the newcomer's own: distributions carry them too old, so we only say so.
toolchains_ready() {
  command -v cargo >/dev/null ||
    die "cargo is missing: install Rust with rustup; rust-toolchain.toml picks the version."
  command -v node >/dev/null ||
    die "node is missing: install Node.js 20.19 or newer, with npm."
  command -v npm >/dev/null || die "npm is missing: it comes with Node.js 20.19 or newer."
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    die "Node.js $(node --version) is too old: 20.19 or newer is needed."
}

# tools_ready LIST…: returns when every package of the lists is there, or ends with what to install.
tools_ready() {
  local missing
  toolchains_ready
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "${missing% }" ] || return 0
  may_install || die "Missing on this machine: $missing
Neither root nor sudo is at hand to install it. On Debian 12: apt-get install $missing"
  step tools "installing ${missing% }" install_packages "$missing"
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -z "${missing% }" ] || die "Still missing after the installation: $missing (see $logs/steps/tools.log)"
}

may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null && sudo -v; }
}

# The packages' own services are neither needed nor wanted: the two variables keep systemd and
# sysvinit from starting a web server on port 80 as a side effect.
install_packages() {
  local as_root=(env)
  [ "$(id -u)" = 0 ] || as_root=(sudo -n env)
  as_root+=(SYSTEMD_OFFLINE=1 RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive)
  "${as_root[@]}" apt-get update
  # shellcheck disable=SC2086  # one word for each package
  "${as_root[@]}" apt-get install --yes --no-install-recommends $1
}
