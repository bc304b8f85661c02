#!/bin/bash
# Redpanda takes its super user from a variable at its very first start, so this process gets it from the
# file then, and later starts do without. No container's settings hold it.
set -euo pipefail

if [ ! -e /var/lib/redpanda/data/config_cache.yaml ]; then
  RP_BOOTSTRAP_USER=admin:$(</run/packytrace/kafka-admin-password):SCRAM-SHA-512
  export RP_BOOTSTRAP_USER
fi
# Where functions run on Lambda, it listens to the network too.
settings=/etc/redpanda/redpanda.yaml
if [ -n "${BROKER_NAME:-}" ]; then
  settings=/tmp/redpanda.yaml
  cp /etc/redpanda/.bootstrap.yaml /tmp/
  sed "s/BROKER_NAME/$BROKER_NAME/; s/HOST_ADDRESS/$HOST_ADDRESS/" /etc/redpanda/lambda.yaml >"$settings"
fi
exec /opt/redpanda/bin/redpanda --redpanda-cfg "$settings" \
  --smp 1 --memory 384M --reserve-memory 0M --overprovisioned --lock-memory false --default-log-level warn
