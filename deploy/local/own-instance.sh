# shellcheck shell=bash
# An instance of its own beside that of `make up`: other state, other ports, shared downloads; gone
# when the script ends.
#   source own-instance.sh NAME PORT

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PACKYTRACE_STATE=$root/.local/$1 PACKYTRACE_DIST=$root/.local/dist PORT=$2
unset POSTGRES_PORT KAFKA_PORT KAFKA_CONTROLLER_PORT KEYCLOAK_PORT KEYCLOAK_MANAGEMENT_PORT SSM_PORT \
  FUNCTIONS_PORT ADMIN_PORT

source "${BASH_SOURCE[0]%/*}/everything.sh"
trap 'stop_jobs; supervisor_stop >/dev/null 2>&1' EXIT
"$here/reset.sh" >/dev/null
prepare
