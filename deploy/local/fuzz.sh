#!/usr/bin/env bash
# make fuzz: schemathesis asks the running instance whatever its contract allows, and what it does not, as
# nobody, as a consumer and as a brand's user; a few minutes each. A finding ends it.
#   SEED=1 MINUTES=4 make fuzz
set -euo pipefail
source "$(dirname "$0")/everything.sh"
trap stop_jobs EXIT

fuzzer=$dist/schemathesis-4.32.5
# Two checks are left out: a body can fit its schema and break a rule of the product (422), and a cursor is
# any text until somebody reads it (400). docs/security-tests.md says more.
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
checks+=,response_schema_conformance,unsupported_method,allow_header_conformance,ignored_auth

install_fuzzer() {
  [ -x "$fuzzer/bin/schemathesis" ] && return
  python3 -m venv "$fuzzer"
  "$fuzzer/bin/pip" install --quiet --requirement "$root/deploy/pins/schemathesis.txt"
}

# token_of EMAIL PASSWORD
token_of() {
  curl --silent --fail "$keycloak_url/realms/$realm/protocol/openid-connect/token" --data grant_type=password \
    --data client_id=packytrace-test --data-urlencode "username=$1" --data-urlencode "password=$2" |
    jq --raw-output .access_token
}

# newcomer_token: of somebody new, so that nobody's demo data changes.
newcomer_token() {
  local email
  email=fuzz-$(od -An -tx1 -N8 /dev/urandom | tr -d ' \n')@example.net
  curl --silent --fail --output /dev/null "$base_url/api/v1/accounts" \
    --json "{\"email\": \"$email\", \"password\": \"reads labels at night\"}"
  token_of "$email" "reads labels at night"
}

brand_token() {
  token_of "$(jq --raw-output '.demo_users[] | select(.role == "brand").email' "$state/endpoints.json")" \
    "$(jq --raw-output '.demo_users[] | select(.role == "brand").password' "$state/endpoints.json")"
}

# fuzz [TOKEN]: who erases themselves has nothing more to ask, so these two are left out.
fuzz() {
  local who=()
  [ -z "${1:-}" ] || who=(--header "Authorization: Bearer $1")
  "$fuzzer/bin/schemathesis" run "$base_url/api/v1/openapi.json" --checks "$checks" --seed "${SEED:-1}" \
    --exclude-operation-id eraseMe --exclude-operation-id eraseVisitor --phases examples,coverage,fuzzing \
    --max-time "$((60 * ${MINUTES:-4}))" --workers 1 --request-timeout 20 --no-color "${who[@]}"
}

supervisor_runs || die "Nothing runs: make up starts it."
step fuzzer "schemathesis" install_fuzzer
step fuzz-nobody "what nobody may ask" fuzz
step fuzz-consumer "what a consumer may ask" fuzz "$(newcomer_token)"
step fuzz-brand "what a brand's user may ask" fuzz "$(brand_token)"
say "Nothing was found."
