#!/usr/bin/env bash
# make start|stop NAME=kafka, and `service` for tests: one program of the running instance.
#   service start NAME | stop NAME | restart NAME | replace NAME | pid NAME | signal SIGNAL NAME
# `replace` restarts a function with a stand-in beside it, so that it is there for its callers all the time.
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

# replace NAME: a second process listens at the same address (SO_REUSEPORT) while the first finishes what it
# has begun and starts anew. Its admin port is another, and it ends with this script in any case.
replace() {
  local admin=127.0.0.1:$stand_in_port
  [[ " $(function_names | tr '\n' ' ') " == *" $1 "* ]] || die "Only functions can be replaced; $1 is none."
  setpriv --pdeathsig TERM "$here/function.sh" "$1" "ADMIN_ADDRESS=$admin" >>"$logs/$1-stand-in.log" 2>&1 &
  stand_in=$!
  trap 'kill -TERM "$stand_in" 2>/dev/null || true' EXIT # where no `local` is seen any more
  wait_until "${START_PATIENCE:-180}" is_ready "http://$admin" || die "The stand-in of $1 is not ready; $1 runs as before."
  supervisor_ask stop "$1"
  service_start "$1" function_ready "$1"
  kill -TERM "$stand_in"
  wait "$stand_in"
  trap - EXIT
}

case $1 in
  stop) supervisor_ask stop "$name" ;;
  start | restart) supervisor_ask "$1" "$name" && wait_until 120 answers "$name" ;;
  replace) replace "$name" ;;
  pid) service_pid "$name" ;;
  signal) kill -s "$2" "$(service_pid "$name")" ;;
  *) die "start, stop, restart, replace, pid or signal; not $1" ;;
esac
