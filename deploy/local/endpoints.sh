# shellcheck shell=bash
# What the others need to know: endpoints.json for programs, the greeting for a person, and the
# check that both would find what they are told.

whole_path_answers() {
  local url name
  for url in "$base_url/healthz" "$base_url/" "$keycloak_url/realms/$realm/.well-known/openid-configuration"; do
    curl --silent --show-error --fail --output /dev/null --max-time 5 "$url" || return 1
  done
  for name in $(function_names); do function_ready "$name" || return 1; done
}

write_endpoints() {
  local name addresses=() settings
  for name in $(function_names); do
    addresses+=("$name=$(function_url "$name"),$(function_admin_url "$name")")
  done
  mapfile -t settings < <(
    aws_settings
    echo "BASE_URL=$base_url"
    echo "KEYCLOAK_URL=$keycloak_url"
    echo "KAFKA_BOOTSTRAP=$kafka_bootstrap"
    echo "KAFKA_PASSWORD=$(secret kafka)"
    echo "POSTGRES=127.0.0.1:$POSTGRES_PORT"
    echo "POSTGRES_ADMIN_URL=$(postgres_admin_url)"
  )
  export "${settings[@]}"
  (umask 077 && : >"$state/endpoints.json.fresh")
  "$python" "$here/endpoints.py" "$manifest" "$root/deploy/keycloak/realm-demo.json" "${addresses[@]}" \
    >"$state/endpoints.json.fresh"
  mv "$state/endpoints.json.fresh" "$state/endpoints.json"
}

# greet SECONDS
greet() {
  cat <<EOF

PackyTrace runs (up in $1 s):  $base_url

Logins of the demo:
$(jq --raw-output '.demo_users[] | [.email, .password, .role] | @tsv' "$state/endpoints.json" |
    while read -r email password role; do printf '  %-20s %-20s %s\n' "$email" "$password" "$role"; done)

Three things to try:
  1. Open $base_url/p/09521234543213 and see a product passport.
  2. Scan a code, as the app does; the answer is the passport, the fact goes to Kafka:
       curl -i $base_url/api/v1/scans -H 'Content-Type: application/json' \\
         -d '{"code": "https://id.gs1.org/01/09521234543213/10/LOT-7?17=271231"}'
  3. Stop the broker, scan again (it works all the same), and start it:
       make stop NAME=kafka; make start NAME=kafka

More: make help. What programs need to know is in ${state/#$root\//}/endpoints.json
EOF
}
