#!/usr/bin/env bash
# make terraform-test: both tracks with a mocked provider, then for real against moto, a local AWS: plan,
# apply, a second plan that is empty, the switch there and back, who may read which secret, destroy.
#   terraform-test.sh short    mocked, and what the plan of EC2 may hold: the part in make test. Where
#                              Terraform cannot be had it says NOT RUN; without `short` that is an error
set -euo pipefail
: "${PACKYTRACE_STATE:=$(cd "$(dirname "$0")/../.." && pwd)/.local/terraform}"
export PACKYTRACE_STATE PACKYTRACE_DIST=${PACKYTRACE_DIST:-$(dirname "$PACKYTRACE_STATE")/dist}
source "$(dirname "$0")/everything.sh"

aws_port=${AWS_PORT:-$((PORT + 87))}
aws=http://127.0.0.1:$aws_port
work=$state/work
# One folder for plans and state of this run; the time limit is for a call that AWS would never answer.
patience=600
digest=sha256:0000000000000000000000000000000000000000000000000000000000000000

aws_start() {
  ! listens "$aws_port" || die "Port $aws_port is taken; choose another: AWS_PORT=9087"
  rm -rf "$work" && mkdir -p "$work"
  make_python "$dist/python" "$pins/python.txt"
  MOTO_IAM_LOAD_MANAGED_POLICIES=true "$python" "$here/aws_server.py" "$aws_port" >"$logs/aws.log" 2>&1 &
  aws_pid=$!
  wait_until 60 listens "$aws_port"
}

aws_stop() { [ -z "${aws_pid:-}" ] || kill "$aws_pid" 2>/dev/null || true; }

# tf COMMAND…: Terraform with this AWS and a copy of the code, so that nothing is left in the checkout.
tf() {
  env AWS_ENDPOINT_URL="$aws" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
    AWS_REGION=eu-central-1 TF_IN_AUTOMATION=1 \
    timeout "$patience" terraform -chdir="$work/terraform" "$@"
}

copy_code() {
  mkdir -p "$work/functions" "$work/deploy"
  cp -r "$tf_root" "$work/terraform"
  rm -rf "$work/terraform/.terraform" "$work/terraform/tests"
  cp "$manifest" "$work/functions/"
  cp "$root/deploy/prices.json" "$work/deploy/"
  # A bucket is a path here, not a host name.
  printf 'provider "aws" {\n  s3_use_path_style = true\n}\n' >"$work/terraform/local_override.tf"
  local digests
  digests=$(function_names | jq --raw-input --null-input --arg digest "$digest" '[inputs | {(.): $digest}] | add')
  jq --null-input --argjson digests "$digests" '{domain: "packytrace.example.org", contact: "operator@example.org",
    release: "0.1.0", image_digests: $digests, left_out: ["kafka", "snapshots", "budget"]}' \
    >"$work/terraform/test.auto.tfvars.json"
  local tf_code=$tf_root
  tf_root=$work/terraform terraform_init
  tf_root=$tf_code
}

# plan RUNTIME NAME: the plan in a file, and as JSON beside it.
plan() { tf plan -input=false -no-color -lock=false -var "runtime=$1" -out "$work/$2.plan" && tf show -json "$work/$2.plan" >"$work/$2.json"; }

# nothing_changes RUNTIME NAME: but for the image_config that moto forgets.
nothing_changes() {
  plan "$1" "$2"
  "$python" "$here/terraform_plan.py" unchanged "$work/$2.json"
}

# switches RUNTIME NAME: what changes is where functions run, and nothing that keeps data.
switches() {
  plan "$1" "$2"
  "$python" "$here/terraform_plan.py" keeps-data "$work/$2.json"
  tf apply -input=false -no-color "$work/$2.plan"
}

frugal() { "$python" "$here/terraform_plan.py" frugal "$work/$1.json"; }

# The same check must fail where there is something to find.
frugal_finds() {
  jq '.resource_changes += [{address: "aws_nat_gateway.one", type: "aws_nat_gateway", change: {actions: ["create"]}}]' \
    "$work/ec2.json" >"$work/spoilt.json"
  ! "$python" "$here/terraform_plan.py" frugal "$work/spoilt.json"
}

everything_is_there() { "$python" "$here/terraform_plan.py" complete "$work/lambda.json" "$manifest"; }

# Secrets are in their place before the first plan, and values are looked for when the last one was applied.
secrets() { "$python" "$here/terraform_secrets.py" "$@"; }
secrets_put() { secrets put "$aws" "$manifest" "$work/kept"; }
secrets_read() { secrets read "$aws" "$manifest" "$work/kept"; }
secrets_searched() { secrets search "$work/kept" "$work"/terraform/terraform.tfstate* "$work"/*.plan "$work"/*.json; }

# The same search must find what Terraform does read: one secret, by a data source that we do not have.
secrets_found() {
  local folder=$work/terraform kind
  printf 'data "aws_ssm_parameter" "leak" {\n  name = "/packytrace/production/passport/database"\n}\n' >"$folder/leak.tf"
  plan lambda leak
  rm "$folder/leak.tf"
  for kind in plan json; do
    if secrets search "$work/kept" "$work/leak.$kind"; then return 1; fi
    rm "$work/leak.$kind"
  done
}

# What the host copies for AWS's pollers, by its own script.
pollers() {
  tf output -json deployment >"$work/wanted.json"
  "$python" "$here/terraform_pollers.py" "$aws" "$root/deploy/lambda/broker.sh" "$work/wanted.json" "$work/host"
}

# As Terraform fills it in; the scripts in it are linted by make check.
host_scripts() { tf output -raw user_data | bash -n; }

destroy() {
  tf destroy -input=false -no-color -auto-approve
  [ "$(jq '.resources | length' "$work/terraform/terraform.tfstate")" = 0 ]
}

prepare
trap 'stop_jobs; aws_stop' EXIT
missing=$(terraform_missing)
if [ -n "$missing" ]; then
  say "NOT RUN: Terraform's tests, because $missing"
  [ "${1:-}" = short ] && exit 0
  exit 1
fi
step mocked "Terraform: both tracks, a mocked AWS" terraform -chdir="$tf_root" test -no-color
aws_start
step code "Terraform's code, for a local AWS" copy_code
step ec2 "EC2: the plan" plan ec2 ec2
step frugal "EC2: no RDS, MSK, ECS, EKS, load balancer, NAT" frugal ec2
step frugal-finds "the same check finds a NAT gateway" frugal_finds
step minute "what the host does each minute" "$here/host-test.sh" "$work/minute"
[ "${1:-}" = short ] && exit 0
tools_ready "$packages_for_aws"
step secrets-put "every secret in its place" secrets_put
step ec2-apply "EC2: apply" tf apply -input=false -no-color "$work/ec2.plan"
step ec2-again "EC2: the second plan is empty" nothing_changes ec2 ec2-again
step host "what the host runs first" host_scripts
step secrets-read "who may read which secret" secrets_read
step lambda "to Lambda: nothing of data changes" switches lambda lambda
step lambda-complete "Lambda: every function with all that is its" everything_is_there
step lambda-again "Lambda: the second plan is empty" nothing_changes lambda lambda-again
step pollers "what the host writes for AWS's pollers" pollers
step secrets-search "no secret in states and plans" secrets_searched
step secrets-found "the same search finds one that is read" secrets_found
step back "back to EC2: nothing of data changes" switches ec2 back
step back-again "EC2: the plan is empty again" nothing_changes ec2 back-again
step secrets-again "still no secret in states and plans" secrets_searched
step destroy "destroy" destroy
say "Both tracks stand, and nothing is left of them."
