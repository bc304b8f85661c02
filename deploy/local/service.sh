#!/usr/bin/env bash
# make start|stop NAME=kafka, and `service` for tests: one program of the running instance.
#   service start NAME | stop NAME | restart NAME | pid NAME | signal SIGNAL NAME
set -euo pipefail
source "$(dirname "$0")/everything.sh"

names="postgres ssm kafka keycloak $(function_names | tr '\n' ' ')caddy"
supervisor_runs || die "Nothing runs: make up starts it."
name=${!#}
[[ " $names " == *" $name "* ]] || die "NAME is one of: $names"

# answers NAME: whether it can be used again.
answers() {
  case $1 in
    ssm) listens "$SSM_PORT" ;;
    postgres | kafka | keycloak | caddy) "$1_answers" ;;
    *) function_ready "$1" ;;
  esac
}

case $1 in
  stop) supervisor_ask stop "$name" ;;
  start | restart) supervisor_ask "$1" "$name" && wait_until 120 answers "$name" ;;
  pid) service_pid "$name" ;;
  signal) kill -s "$2" "$(service_pid "$name")" ;;
  *) die "start, stop, restart, pid or signal; not $1" ;;
esac
