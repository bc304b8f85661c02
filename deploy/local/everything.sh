# shellcheck shell=bash
# All of it in one place: each file is one subject. Sourced by the scripts that make calls.

for subject in settings progress tools ports dist supervisor postgres kafka keycloak functions caddy endpoints instance tests terraform; do
  # shellcheck source=/dev/null
  source "${BASH_SOURCE[0]%/*}/$subject.sh"
done
unset subject
