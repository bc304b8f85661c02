#!/usr/bin/env bash
# What AWS's pollers need to read the broker of this host, and take from Secrets Manager only. Run by
# packytrace-converge on the Lambda track, as root, with the operator's role; Terraform makes the secrets,
# names them in wanted.json, and never sees a value.
#   broker.sh certificate   before the broker starts: its key and certificate, made once and kept in SSM
#   broker.sh logins        each minute: every function's current Kafka login, where it has changed
set -euo pipefail

: "${PACKYTRACE_ENV:?}" "${BROKER_NAME:?}"
state=${PACKYTRACE_STATE:-/var/lib/packytrace/deployment}
folder=${PACKYTRACE_RUN:-/run/packytrace}/redpanda
owner=${BROKER_USER:-10001}
days=3650
# Which version of what was copied into which secret; a secret that was made anew has a new ARN.
copied=$state/copied
work=$(mktemp --directory "$folder/broker.XXXXXX") # in memory
trap 'rm -rf "$work"' EXIT

wanted() { jq --raw-output "$1" "$state/wanted.json"; }

# read_secrets NAME…: those that there are, in $work/answer; ten are the most that one call takes.
read_secrets() {
  printf '%s\n' "$@" | xargs --max-args=10 aws ssm get-parameters --with-decryption --output json --names |
    jq --slurp 'map(.Parameters) | add | map({key: (.Name | split(":")[0]), value: .}) | from_entries' >"$work/answer"
}

# answered NAME: its version, and its value into $work/value; fails where there is none.
answered() {
  jq --exit-status --join-output --arg name "$1" '.[$name].Value' "$work/answer" >"$work/value" &&
    jq --arg name "$1" '.[$name].Version' "$work/answer"
}

# copy ARN VERSION FILE: once for each version.
copy() {
  touch "$copied"
  ! grep --quiet --line-regexp --fixed-strings "$1 $2" "$copied" || return 0
  aws secretsmanager put-secret-value --secret-id "$1" --secret-string "file://$3" >/dev/null
  { grep --invert-match --fixed-strings "$1 " "$copied" || true; echo "$1 $2"; } >"$copied.fresh"
  mv "$copied.fresh" "$copied"
  echo "copied version $2 into $1"
}

# An authority that signs one certificate and is forgotten: nobody can make another that pollers believe.
make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days "$days" -subj "/CN=PackyTrace broker" \
    -addext basicConstraints=critical,CA:true,pathlen:0 -addext keyUsage=critical,keyCertSign \
    -keyout "$work/authority.key" -out "$work/authority.pem"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days "$days" -subj "/CN=$BROKER_NAME" \
    -CA "$work/authority.pem" -CAkey "$work/authority.key" -addext "subjectAltName=DNS:$BROKER_NAME" \
    -addext basicConstraints=critical,CA:false -addext extendedKeyUsage=serverAuth \
    -keyout "$work/broker.key" -out "$work/broker.pem"
  jq --null-input --rawfile authority "$work/authority.pem" --rawfile certificate "$work/broker.pem" \
    --rawfile key "$work/broker.key" '{$authority, $certificate, $key}' >"$work/value"
}

certificate() {
  local name=/packytrace/$PACKYTRACE_ENV/broker/tls version
  read_secrets "$name"
  if ! version=$(answered "$name"); then
    make_certificate
    version=$(aws ssm put-parameter --type SecureString --name "$name" --value "file://$work/value" --query Version --output json)
  fi
  for part in certificate key; do
    jq --join-output ".$part" "$work/value" >"$work/$part"
    install --mode=0400 --owner="$owner" --group="$owner" "$work/$part" "$folder/broker-$part.pem"
  done
  jq '{certificate: .authority}' "$work/value" >"$work/authority"
  copy "$(wanted .pollers.authority)" "$version" "$work/authority"
}

# A login that is not there yet comes with the next minute.
logins() {
  local names name version
  mapfile -t names < <(wanted '.pollers.logins | keys[]')
  read_secrets "${names[@]/%/:current}"
  for name in "${names[@]}"; do
    if version=$(answered "$name"); then copy "$(wanted ".pollers.logins[\"$name\"]")" "$version" "$work/value"; fi
  done
}

umask 077
case ${1:-} in
  certificate) certificate ;;
  logins) logins ;;
  *) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
esac
