# shellcheck shell=bash
# A port that somebody else holds is named before anything starts.

ports_free() {
  local taken name port
  taken=$(all_ports | while read -r name port; do port_holder "$name" "$port"; done)
  [ -z "$taken" ] || die "Ports are taken:
$taken
Stop what holds them, or choose others: make up PORT=9080 (every other port follows from it)."
}

# port_holder NAME PORT: one line that says who listens there; nothing when it is free.
port_holder() {
  local socket
  socket=$(ss -Hltnp "sport = :$2" | head -n 1)
  [ -n "$socket" ] || return 0
  ours "$socket" && return
  if [[ $socket =~ \(\(\"([^\"]+)\",pid=([0-9]+) ]]; then
    printf '  %s (%s): %s, process %s\n' "$2" "$1" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  else
    printf '  %s (%s): a process of another user\n' "$2" "$1"
  fi
}

# ours SOCKET: whether it belongs to this very instance, which then simply runs already.
ours() {
  [[ $1 =~ pid=([0-9]+) ]] && supervisor_runs &&
    [ "$(ps -o ppid= -p "${BASH_REMATCH[1]}" | tr -d ' ')" = "$(cat "$supervisor_pid")" ]
}
