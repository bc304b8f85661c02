# shellcheck shell=bash
# What a person sees: one line for each step with its seconds, and the end of the log when one fails.

say() { printf '%s\n' "$*"; }
die() { printf '\n%s\n' "$*" >&2; exit 1; }

declare -A job_pid job_title job_began

# begin NAME TITLE COMMAND…: runs the command beside the rest, its output in a log of that name. Not
# to be called in a condition or before &&: bash then lets a failing command pass unseen.
begin() {
  local name=$1 ended=$logs/steps/$1.ended
  job_title[$name]=$2
  job_began[$name]=$SECONDS
  shift 2
  mkdir -p "$logs/steps"
  rm -f "$ended"
  # A process group of its own, so that Ctrl-C can end all of it and not only this shell.
  set -m
  (
    export NO_COLOR=1
    set +e
    (set -euo pipefail; "$@")
    echo "$? $SECONDS" >"$ended"
  ) >"$logs/steps/$name.log" 2>&1 </dev/null &
  set +m
  job_pid[$name]=$!
}

# finish NAME: waits for it; every 15 s it tells what the command is at. How it ended is in its file: bash
# forgets the status of a job as soon as the kernel gives its number to a later one, which a long build
# lives to see.
finish() {
  local name=$1 pid=${job_pid[$1]} log=$logs/steps/$1.log said=$SECONDS status=killed at=$SECONDS
  until [ -s "${log%.log}.ended" ] || ! kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS - said >= 15)); then
      said=$SECONDS
      printf '  …  %-44s %4d s  %s\n' "${job_title[$name]}" $((SECONDS - job_began[$name])) "$(last_line "$log")"
    fi
    sleep 0.1
  done
  [ ! -s "${log%.log}.ended" ] || read -r status at <"${log%.log}.ended"
  [ "$status" = 0 ] || failed "$name" "$log"
  unset "job_pid[$name]"
  printf '  ok %-44s %4d s\n' "${job_title[$name]}" $((at - job_began[$name]))
}

step() {
  begin "$@"
  finish "$1"
}

failed() {
  printf '  FAILED %s\n\n' "${job_title[$1]}" >&2
  tail -n 25 "$2" | sed 's/^/    /' >&2
  die "The whole log: $2"
}

last_line() { tail -n 1 "$1" | tr -d '\r' | cut -c1-70; }

# Nothing that we began outlives us.
stop_jobs() {
  local pid
  for pid in "${job_pid[@]}"; do kill -- "-$pid" 2>/dev/null || true; done
}
