#!/usr/bin/env bash
# make up: from whatever state this machine is in to a running product.
set -euo pipefail
source "$(dirname "$0")/everything.sh"
trap stop_jobs EXIT

prepare
tools_ready "$packages_to_run"
ports_free
say "PackyTrace in ${state/#$root\//} on port $PORT"
begin downloads "Kafka, Keycloak, SSM endpoint: downloads" fetch_all
begin functions "functions and operator: build" build_functions
begin web "web app: build" build_web
finish downloads
start_servers
finish functions
start_functions
finish web
start_web
greet "$SECONDS"
