# shellcheck shell=bash
# Keycloak: built once (dist.sh), started optimised with this instance's settings. Its realm is
# deploy/keycloak/realm-packytrace.json plus the demo overlay, applied by `packytrace-ops realm apply`: at the
# first start it is made, later an edited file or another base URL is carried over. Accounts stay.

keycloak_settings=$state/run/keycloak.conf

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

# The realm as this instance needs it: production's file, the demo overlay, our own addresses.
apply_realm() {
  ops realm apply --base-url "$base_url" --identity-url "$(function_url identity)" \
    --overlay "$root/deploy/keycloak/realm-demo.json" "$root/deploy/keycloak/realm-packytrace.json"
}
