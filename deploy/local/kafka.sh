# shellcheck shell=bash
# Apache Kafka: one process that is broker and controller, SCRAM for every client, and an authoriser
# that refuses whatever no ACL allows. Users and ACLs of the functions come from
# `packytrace-ops kafka apply`; here is only the super user it acts as.

kafka_data=$state/kafka
kafka_settings=$state/run/kafka.properties

write_kafka_settings() {
  local scram='org.apache.kafka.common.security.scram.ScramLoginModule required'
  local plain='org.apache.kafka.common.security.plain.PlainLoginModule required'
  local admin
  admin="username=\"admin\" password=\"$(secret kafka)\""
  (umask 077 && cat >"$kafka_settings") <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$KAFKA_CONTROLLER_PORT
listeners=CLIENT://127.0.0.1:$KAFKA_PORT,CONTROLLER://127.0.0.1:$KAFKA_CONTROLLER_PORT
advertised.listeners=CLIENT://127.0.0.1:$KAFKA_PORT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
# The controller keeps the SCRAM users, so it cannot ask itself for one at its start.
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=$scram $admin;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=$plain $admin user_admin="$(secret kafka)";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:admin
log.dirs=$kafka_data
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
EOF
}

# Storage is formatted once, with the super user in it. The password is read from a file: a command
# line would show it to everybody.
make_kafka() {
  write_kafka_settings
  [ -f "$kafka_data/meta.properties" ] && return
  local arguments=$state/run/kafka.format
  rm -rf "$kafka_data" && mkdir -m 700 "$kafka_data"
  (umask 077 && cat >"$arguments") <<EOF
-XX:TieredStopAtLevel=1 -cp "$kafka_home/*" kafka.tools.StorageTool format
--cluster-id $(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | tr -d '=')
--config "$kafka_settings"
--add-scram "SCRAM-SHA-512=[name=admin,password=$(secret kafka)]"
EOF
  java "@$arguments"
  rm "$arguments"
}

kafka_command() {
  printf '"%s" ' java -Xms128m -Xmx384m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError \
    "-Dlog4j2.configurationFile=$root/deploy/kafka/log4j2.properties" \
    -cp "$kafka_home/*" kafka.Kafka "$kafka_settings"
}

kafka_answers() { listens "$KAFKA_PORT"; }
