#!/usr/bin/env bash
# make check: what can be said without running anything: format, lints, licences, scripts, types.
set -euo pipefail
source "$(dirname "$0")/everything.sh"
source "$here/containers.sh"
trap stop_jobs EXIT

# Advisories come from a Git repository on the internet: `make advisories` asks it, a machine
# without internet cannot.
check_dependencies() {
  cargo_tool deny "$deny_version"
  "$dist/cargo-deny-$deny_version/bin/cargo-deny" --manifest-path "$root/Cargo.toml" check licenses bans sources
}

# The workflows as GitHub would read them, and the shell inside them.
check_workflows() {
  go_tool actionlint "$actionlint_version" github.com/rhysd/actionlint/cmd/actionlint
  "$dist/actionlint-$actionlint_version/bin/actionlint" "$root"/.github/workflows/*.yml
}

# Every commit of this branch, not only the files of today: what was once committed is known.
check_for_secrets() {
  go_tool gitleaks "$gitleaks_version" github.com/zricethezav/gitleaks/v8
  "$dist/gitleaks-$gitleaks_version/bin/gitleaks" git --no-banner --redact --verbose --log-opts "--full-history HEAD" \
    --config "$root/.gitleaks.toml" "$root"
}

# What semantic-release would make of our commit subjects.
check_release_rule() {
  npm --prefix "$root/deploy/release" ci --omit dev --ignore-scripts --no-audit --no-fund
  npm --prefix "$root/deploy/release" test
}

check_lints() {
  SQLX_OFFLINE=true cargo clippy --manifest-path "$root/Cargo.toml" --locked --workspace --all-targets -- --deny warnings
}

check_scripts() {
  shellcheck --external-sources "$here"/*.sh "$root/.ci/run" "$root"/deploy/*.sh "$offline"/*.sh "$offline"/kafka/*.sh \
    "$root"/deploy/redpanda/*.sh "$root"/deploy/lambda/*.sh
  shellcheck --shell=bash "$root"/terraform/modules/host/*.sh
}

check_monitoring() {
  make_python "$dist/monitoring" "$pins/monitoring.txt"
  "$dist/monitoring/bin/python" "$here/monitoring.py" "$root/deploy/monitoring"
}

# hadolint reads Dockerfiles. Compose reads its own file, where it is at hand.
check_containers() {
  make_python "$dist/hadolint" "$pins/hadolint.txt"
  "$dist/hadolint/bin/hadolint" --config "$root/deploy/hadolint.yaml" "$root/deploy/Dockerfile" "$offline/Dockerfile"
  if compose version >/dev/null 2>&1; then
    write_compose_settings
    compose config --quiet
    GATEWAY=door:8101 HOST_ADDRESS=10.20.0.10 BROKER_NAME=broker DOORS=/doors \
      compose --file "$root/deploy/lambda/docker-compose.lambda.yml" config --quiet
  else
    echo "NOT RUN: docker compose config (no Compose here; make compose-offline gets one)"
  fi
}

check_web() {
  install_web
  npm --prefix "$root/web" run check
}

check_caddyfile() {
  mapfile -t settings < <(caddy_settings)
  env "${settings[@]}" caddy validate --config "$root/Caddyfile" --adapter caddyfile
}

# What needs Terraform says so where Terraform cannot be had.
check_terraform() {
  local missing
  missing=$(terraform_missing)
  [ -z "$missing" ] || { echo "NOT RUN: $missing"; return; }
  terraform_format
  terraform_valid
}

prepare
tools_ready "$packages_to_run" "$packages_to_check"
step scripts "scripts: shellcheck" check_scripts
step workflows "workflows: actionlint" check_workflows
step secrets-in-history "secrets in the history: gitleaks" check_for_secrets
step release-rule "the rule of releases" check_release_rule
step containers "Dockerfiles, Compose file" check_containers
step caddyfile "Caddyfile" check_caddyfile
step monitoring "alerts and dashboard" check_monitoring
step terraform "Terraform: format, validate" check_terraform
step terraform-lint "Terraform: tflint" terraform_lint
step terraform-policies "Terraform: checkov" terraform_policies
step format "Rust: format" cargo fmt --manifest-path "$root/Cargo.toml" --all --check -- --color never
step web "web app: types, style" check_web
step lints "Rust: clippy, warnings denied" check_lints
step docs "documentation as a site" "$here/docs.sh"
step cost "the cost page's tables" python3 "$root/bench/cost.py" --check
step dependencies "dependencies: licences, bans, sources" check_dependencies
say "Everything is as it should be."
