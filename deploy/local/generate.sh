#!/usr/bin/env bash
# make generate: every derived file anew. After it `git status` shows what was stale.
set -euo pipefail
export PACKYTRACE_DURABLE=no
source "$(dirname "$0")/own-instance.sh" generate "${GENERATE_PORT:-27080}"

# A PostgreSQL with roles and schemas, and nothing else.
start_database() {
  make_postgres
  write_supervisor_settings
  supervisor_start
  start_postgres
}

# "function schema database" of each function that owns data, from its lines in the manifest.
owners() {
  awk '/^  [a-z][a-z-]*:/ { name = $1; sub(/:.*/, "", name) }
       /^    database: / { gsub(/[{},]/, " "); print name, $5, $3 }' "$manifest"
}

# What sqlx knows of each query of one function. Its macros ask the database while they compile, and
# write it down because SQLX_OFFLINE_DIR says so.
describe_queries() {
  local function=$1 schema=$2 database=$3 home=$root/functions/$1 migrations=()
  migrations=("$home"/migrations/*.sql)
  psql_admin --dbname="$database" --command="set role ${schema}_owner" "${migrations[@]/#/--file=}"
  rm -f "$home"/.sqlx/query-*.json
  mkdir -p "$home/.sqlx"
  touch "$home/src/lib.rs"
  SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$home/.sqlx DATABASE_URL=$(postgres_admin_url "$database") \
    cargo check --locked --manifest-path "$root/Cargo.toml" --package "$function" --all-targets
}

describe_all_queries() {
  local owner
  owners | while read -r owner; do
    # shellcheck disable=SC2086  # three words
    describe_queries $owner
  done
}

# With the whole workspace, because its build of every dependency is there already.
written_by_examples() {
  SQLX_OFFLINE=true cargo build --locked --workspace --examples --manifest-path "$root/Cargo.toml"
  "$built/examples/gs1_table"
  "$built/examples/verdict_vectors"
}

# The pages of docs/reference, by the test that otherwise holds them to their sources.
reference_pages() {
  SQLX_OFFLINE=true WRITE_REFERENCE=yes \
    cargo test --locked --manifest-path "$root/Cargo.toml" --package end-to-end --test reference
}

api_types() { install_web && npm --prefix "$root/web" run generate; }

tools_ready "$packages_to_run"
ports_free
step downloads "downloads" make_python "$dist/python" "$pins/python.txt"
step database "PostgreSQL" start_database
step queries "SQL data of every function" describe_all_queries
step examples "GS1 Application Identifiers, verdict vectors" written_by_examples
step reference "reference pages of the documentation" reference_pages
step types "API types of the web app" api_types
say "Done. git status shows what was stale."
