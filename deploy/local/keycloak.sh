# shellcheck shell=bash
# Keycloak: built once (dist.sh), started optimised with this instance's settings. Its realm is
# deploy/keycloak/realm-packytrace.json plus the demo overlay, applied through the Admin API: at the
# first start it is made, later an edited file or another base URL is carried over. Accounts stay.

keycloak_settings=$state/run/keycloak.conf
realm_applied=$state/keycloak.realm

# A failed login would be logged with the name that was tried, which is an e-mail address.
write_keycloak_settings() {
  (umask 077 && cat >"$keycloak_settings") <<EOF
db-url=jdbc:postgresql://127.0.0.1:$POSTGRES_PORT/keycloak
db-username=keycloak_svc
db-password=$(secret keycloak-database)
db-pool-initial-size=1
db-pool-min-size=1
db-pool-max-size=20
bootstrap-admin-username=admin
bootstrap-admin-password=$(secret keycloak-admin)
hostname=$keycloak_url
hostname-admin=$keycloak_local
hostname-backchannel-dynamic=false
http-enabled=true
http-host=127.0.0.1
http-port=$KEYCLOAK_PORT
http-management-host=127.0.0.1
http-management-port=$KEYCLOAK_MANAGEMENT_PORT
proxy-headers=xforwarded
proxy-trusted-addresses=127.0.0.1
cache=local
log-level=info,io.smallrye.health:warn,org.keycloak.events:off
EOF
}

# Java itself and not kc.sh, which stays as a parent that a killed server would outlive. Serial
# collection and the first compiler only: a third less memory and a faster start.
keycloak_command() {
  printf '"%s" ' java -Xms64m -Xmx320m -XX:MaxMetaspaceSize=256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -XX:+ExitOnOutOfMemoryError -Dfile.encoding=UTF-8 \
    --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
    --add-opens=java.base/java.security=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
    "-Dkc.home.dir=$keycloak_home" "-Djboss.server.config.dir=$keycloak_home/conf" \
    -Djava.util.logging.manager=org.jboss.logmanager.LogManager -Dpicocli.disable.closures=true \
    -Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory \
    -cp "$keycloak_home/lib/quarkus-run.jar" io.quarkus.bootstrap.runner.QuarkusEntryPoint \
    "--config-file=$keycloak_settings" start --optimized
}

keycloak_answers() {
  curl --silent --fail --output /dev/null "http://127.0.0.1:$KEYCLOAK_MANAGEMENT_PORT/auth/health/ready"
}

# The realm as this instance needs it: production's file, the demo overlay, our own base URL.
render_realm() {
  jq --arg base_url "$base_url" --arg identity_url "$(function_url identity)" --slurpfile overlay "$root/deploy/keycloak/realm-demo.json" '
    .clients += $overlay[0].clients
    | .scopeMappings += $overlay[0].scopeMappings
    | .users += $overlay[0].users
    | walk(if type == "string" then gsub("\\$\\{BASE_URL\\}"; $base_url) | gsub("\\$\\{IDENTITY_URL\\}"; $identity_url) else . end)
  ' "$root/deploy/keycloak/realm-packytrace.json"
}

apply_realm() {
  local rendered=$state/run/realm.json
  (umask 077 && render_realm >"$rendered")
  cmp -s "$rendered" "$realm_applied" && return
  if realm_exists; then
    update_realm "$rendered"
  else
    admin_api POST /admin/realms <"$rendered"
  fi
  mv "$rendered" "$realm_applied"
}

# update_realm FILE: settings and clients become what the file says; roles and users that it names
# are added; accounts stay as they are. A client that is replaced loses its scope and the rights of its
# service account, so those follow.
update_realm() {
  local client mapping
  jq 'del(.clients, .users, .roles, .scopeMappings, .clientScopeMappings)' "$1" | admin_api PUT "/admin/realms/$realm"
  jq '{ifResourceExists: "SKIP", roles, users: (.users | map(select(has("serviceAccountClientId") | not)))}' "$1" |
    admin_api POST "/admin/realms/$realm/partialImport"
  jq '{ifResourceExists: "OVERWRITE", clients}' "$1" | admin_api POST "/admin/realms/$realm/partialImport"
  jq --compact-output '.scopeMappings[]' "$1" | while read -r mapping; do
    client=$(client_id "$(jq -r .client <<<"$mapping")")
    admin_api GET "/admin/realms/$realm/roles" |
      jq --argjson mapping "$mapping" 'map(select(.name | IN($mapping.roles[])))' |
      admin_api POST "/admin/realms/$realm/clients/$client/scope-mappings/realm"
  done
  jq --compact-output '.users[] | select(has("serviceAccountClientId"))' "$1" | while read -r mapping; do
    grant_service_account "$mapping"
  done
}

# grant_service_account USER: its client's tokens may carry, and it has, the client roles that the file names.
grant_service_account() {
  local client user owner roles
  client=$(client_id "$(jq -r .serviceAccountClientId <<<"$1")")
  user=$(admin_api GET "/admin/realms/$realm/clients/$client/service-account-user" | jq -r .id)
  jq --raw-output '.clientRoles | keys[]' <<<"$1" | while read -r owner; do
    roles=$(jq --arg owner "$owner" '.clientRoles[$owner]' <<<"$1")
    owner=$(client_id "$owner")
    roles=$(admin_api GET "/admin/realms/$realm/clients/$owner/roles" |
      jq --argjson roles "$roles" 'map(select(.name | IN($roles[])))')
    admin_api POST "/admin/realms/$realm/clients/$client/scope-mappings/clients/$owner" <<<"$roles"
    admin_api POST "/admin/realms/$realm/users/$user/role-mappings/clients/$owner" <<<"$roles"
  done
}

# client_id NAME: Keycloak's own id of a client.
client_id() { admin_api GET "/admin/realms/$realm/clients?clientId=$1" | jq --raw-output '.[0].id'; }

realm_exists() { curl --silent --fail --output /dev/null "$keycloak_local/realms/$realm"; }

# admin_api METHOD PATH: one call as the bootstrap administrator of this instance; the body of a
# change comes from standard input.
admin_api() {
  local token body=()
  [ "$1" = GET ] || body=(--header 'Content-Type: application/json' --data-binary @-)
  token=$(printf 'grant_type=password&client_id=admin-cli&username=admin&password=%s' "$(secret keycloak-admin)" |
    curl --silent --show-error --fail --data @- "$keycloak_local/realms/master/protocol/openid-connect/token" |
    jq --raw-output .access_token)
  curl --silent --show-error --fail-with-body --request "$1" "$keycloak_local$2" \
    --header @<(echo "Authorization: Bearer $token") "${body[@]}"
}
