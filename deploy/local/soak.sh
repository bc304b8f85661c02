#!/usr/bin/env bash
# make soak: the long forms of tests that make test runs short, against a broker of its own: 100 kills
# in the middle of batches, 100,000 generated requests and answers, memory over a million requests, a
# thousand slow clients, a minute without the broker. About half an hour. Then the whole system: each
# fault made ten times over; every secret rotated three times in a row and in disorder, killed between
# any two steps; all functions restarted three times under load. About three hours.
set -euo pipefail
export PACKYTRACE_DURABLE=no SECRETS_MAX_AGE_SECONDS=3 KAFKA_KILLS=${KAFKA_KILLS:-100} PROPTEST_CASES=${PROPTEST_CASES:-100000} \
  SOAK_REQUESTS=${SOAK_REQUESTS:-1000000} FAULT_ROUNDS=${FAULT_ROUNDS:-10}
source "$(dirname "$0")/own-instance.sh" soak "${SOAK_PORT:-24080}"

tools_ready "$packages_to_run"
ports_free
step tools "downloads and cargo-nextest" install_test_tools
step settings "settings" write_settings
step supervisor "supervisor" supervisor_start
step kafka "Kafka" start_kafka
nextest --profile soak --package runtime-adapter
export KAFKA_STOP="'$state/bin/service' stop kafka" KAFKA_START="'$state/bin/service' start kafka"
nextest --profile soak --package runtime-adapter --filterset 'test(down_for_a_minute)'
bring_up
nextest --profile soak --filterset 'package(end-to-end) and binary(faults)'
ROTATION_ROUNDS=3 nextest --profile soak --package end-to-end --filterset 'binary(rotation)'
ROLLING_RATE=20 ROLLING_ROUNDS=3 nextest --profile soak --package end-to-end --filterset 'binary(rolling)'
say "Everything held."
