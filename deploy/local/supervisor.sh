# shellcheck shell=bash
# supervisord keeps everything running: what dies is back within seconds. Programs start when
# `make up` says so, in its order.

supervisor_settings=$state/run/supervisord.conf
supervisor_pid=$state/run/supervisord.pid

# A Unix socket's path may have 107 bytes; a deep checkout gets a private folder elsewhere.
supervisor_socket() {
  local socket=$state/run/supervisor.sock elsewhere=$state/run/socket-folder
  if ((${#socket} > 90)); then
    [ -d "$(cat "$elsewhere" 2>/dev/null)" ] || mktemp -d >"$elsewhere"
    socket=$(cat "$elsewhere")/supervisor.sock
  fi
  echo "$socket"
}

# program NAME PRIORITY SIGNAL COMMAND [ENVIRONMENT]: one section of the settings.
program() {
  cat <<EOF

[program:$1]
command=${4//%/%%}
directory=$state
environment=${5:-}
priority=$2
stopsignal=$3
stopwaitsecs=40
autostart=false
autorestart=true
startsecs=1
startretries=1000000
redirect_stderr=true
stdout_logfile=$logs/$1.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=1
EOF
}

supervisor_head() {
  cat <<EOF
[supervisord]
logfile=$logs/supervisord.log
pidfile=$supervisor_pid
childlogdir=$logs
umask=077
$([ "$(id -u)" != 0 ] || echo user=root)

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[unix_http_server]
file=$(supervisor_socket)
chmod=0700
EOF
}

write_supervisor_settings() {
  local name
  (umask 077 && : >"$supervisor_settings")
  {
    supervisor_head
    program postgres 10 INT "$(postgres_command)"
    program ssm 10 TERM "\"$python\" \"$here/ssm_server.py\" $SSM_PORT \"$state/ssm.json\"" "$(environment aws_settings)"
    program kafka 20 TERM "$(kafka_command)"
    program keycloak 30 TERM "$(keycloak_command)"
    for name in $(function_names); do
      program "$name" 40 TERM "\"$programs/$name\"" "$(environment function_settings "$name")"
    done
    program caddy 50 TERM "$(caddy_command)" "$(environment caddy_settings)"
  } >"$supervisor_settings"
}

# environment COMMAND…: its NAME=value lines as supervisord wants them.
environment() { "$@" | sed -e 's/%/%%/g' -e 's/^\([^=]*\)=\(.*\)$/\1="\2"/' | paste -s -d , -; }

supervisor_runs() {
  local pid
  pid=$(cat "$supervisor_pid" 2>/dev/null) && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null |
    grep -qF -- "$supervisor_settings"
}

# supervisor_start: starts it, or has it take over settings that changed since; a program whose
# settings changed is stopped by that. Programs get the settings written for them and nothing of the
# environment in which somebody happened to say make up (other AWS credentials, say).
supervisor_start() {
  if supervisor_runs; then
    supervisor_ask update
  else
    env -i PATH="$PATH" HOME="$HOME" LANG=C.UTF-8 "$dist/python/bin/supervisord" --configuration "$supervisor_settings"
  fi
}

# supervisor_stop: everything ends in the reverse order of its start; returns when all of it has.
supervisor_stop() {
  local pid
  supervisor_runs || return 0
  pid=$(cat "$supervisor_pid")
  kill -TERM "$pid"
  wait_until 120 process_ended "$pid"
}

process_ended() { ! kill -0 "$1" 2>/dev/null; }

supervisor_ask() {
  "$dist/python/bin/supervisorctl" --serverurl "unix://$(supervisor_socket)" "$@"
}

# service_pid NAME: its process, or nothing while it is stopped.
service_pid() { supervisor_ask pid "$1" | grep -vx 0; }

service_stop() { supervisor_ask stop "$1"; }

# service_start NAME PROBE…: starts it unless it runs, and waits until the probe says that it answers,
# START_PATIENCE seconds at most.
service_start() {
  supervisor_ask start "$1" || true
  wait_until "${START_PATIENCE:-180}" "${@:2}" || { tail -n 15 "$logs/$1.log" && return 1; }
}

# wait_until SECONDS COMMAND…: returns as soon as the command succeeds.
wait_until() {
  local patience=$1 began=$SECONDS
  shift
  until "$@"; do
    ((SECONDS - began < patience)) || { echo "waited $patience s for: $*" && return 1; }
    sleep 0.2
  done
}

listens() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
