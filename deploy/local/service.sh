#!/usr/bin/env bash
# make start|stop NAME=kafka, and `service` for tests: one program of the running instance.
#   service start NAME | stop NAME | restart NAME | pid NAME | signal SIGNAL NAME
set -euo pipefail
source "$(dirname "$0")/everything.sh"

names="postgres ssm kafka keycloak $(function_names | tr '\n' ' ')caddy"
supervisor_runs || die "Nothing runs: make up starts it."
name=${!#}
[[ " $names " == *" $name "* ]] || die "NAME is one of: $names"

case $1 in
  start | stop | restart) supervisor_ask "$1" "$name" ;;
  pid) service_pid "$name" ;;
  signal) kill -s "$2" "$(service_pid "$name")" ;;
  *) die "start, stop, restart, pid or signal; not $1" ;;
esac
