# shellcheck shell=bash
# Caddy: the one Caddyfile of the repository, with this machine's places.

caddy_settings() {
  echo "SITE_ADDRESS=http://:$PORT"
  echo "BIND=127.0.0.1"
  echo "WEB_ROOT=$state/www"
  echo "GATEWAY=127.0.0.1:$(function_port api-gateway "$FUNCTIONS_PORT")"
  echo "KEYCLOAK=127.0.0.1:$KEYCLOAK_PORT"
  [[ $(caddy version) != *2.[0-6].* ]] || echo "BUFFER_REQUESTS=buffer_requests"
  echo "XDG_DATA_HOME=$state/caddy"
  echo "XDG_CONFIG_HOME=$state/caddy"
}

caddy_command() { printf '"%s" ' "$(command -v caddy)" run --config "$root/Caddyfile" --adapter caddyfile; }

caddy_answers() { listens "$PORT"; }

# The web app is built again when anything under web/ is newer than what is served (or nothing is:
# then find complains, which counts as well).
build_web() {
  local www=$state/www
  [ -n "$(find "$root/web" -name node_modules -prune -o -name dist -prune -o -type f -newer "$www/index.html" -print -quit 2>&1)" ] || return 0
  install_web
  npm --prefix "$root/web" run build
  rm -rf "$www" && cp -r "$root/web/dist" "$www"
  touch "$www/index.html"
}

# npm ci only when the lock file is newer than what was installed from it.
install_web() {
  [ "$root/web/node_modules/.package-lock.json" -nt "$root/web/package-lock.json" ] ||
    npm --prefix "$root/web" ci --no-audit --no-fund
}
