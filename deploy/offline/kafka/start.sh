#!/bin/bash
# Apache Kafka as Redpanda is in docker-compose.yml: the same name, port, super user and folder. The password
# is read from the file into a settings file in memory.
set -euo pipefail

data=/var/lib/redpanda/data/kafka
settings=/tmp/kafka.properties
password=$(</run/packytrace/kafka-admin-password)
scram='org.apache.kafka.common.security.scram.ScramLoginModule required'
plain='org.apache.kafka.common.security.plain.PlainLoginModule required'
admin="username=\"admin\" password=\"$password\""

(umask 077 && cat >"$settings") <<SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=CLIENT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093
advertised.listeners=CLIENT://redpanda:9092
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=$scram $admin;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=$plain $admin user_admin="$password";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:admin
log.dirs=$data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
offsets.topic.num.partitions=5
transaction.state.log.num.partitions=5
group.initial.rebalance.delay.ms=0
log.segment.bytes=67108864
SETTINGS

if [ ! -f "$data/meta.properties" ]; then
  (umask 077 && cat >/tmp/format) <<FORMAT
-XX:TieredStopAtLevel=1 -cp "/opt/kafka/*" kafka.tools.StorageTool format
--cluster-id $(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | tr -d '=')
--config "$settings"
--add-scram "SCRAM-SHA-512=[name=admin,password=$password]"
FORMAT
  java @/tmp/format >/dev/null
  rm /tmp/format
fi
exec java -Xms128m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError \
  -Dlog4j2.configurationFile=/etc/log4j2.properties -cp "/opt/kafka/*" kafka.Kafka "$settings"
