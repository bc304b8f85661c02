#!/bin/bash
# Redpanda takes its super user from a variable at its very first start, so this process gets it from the
# file then, and later starts do without. No container's settings hold it.
set -euo pipefail

if [ ! -e /var/lib/redpanda/data/config_cache.yaml ]; then
  RP_BOOTSTRAP_USER=admin:$(</run/packytrace/kafka-admin-password):SCRAM-SHA-512
  export RP_BOOTSTRAP_USER
fi
exec /opt/redpanda/bin/redpanda --redpanda-cfg /etc/redpanda/redpanda.yaml \
  --smp 1 --memory 384M --reserve-memory 0M --overprovisioned --lock-memory false --default-log-level warn
