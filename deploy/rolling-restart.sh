#!/usr/bin/env bash
# One function after the other finishes what it has begun and is replaced by what the Compose file says
# now: for new images, and for nothing but a restart. No request fails. Run it where Compose runs.
#   deploy/rolling-restart.sh [NAME…]
set -euo pipefail

# Who is asked comes before who asks: the gateway last.
(($#)) || set -- brand-analytics measurement fridge identity personalization passport api-gateway
for name; do
  docker compose up --detach --no-deps --force-recreate --wait "$name"
done
