#!/usr/bin/env bash
# make terraform-plan: what Terraform would change in the AWS account at hand; it changes nothing. For the
# workflow: STATE_BUCKET names where the state is (docs/operators-guide.md, 1.1), and TF_VAR_domain,
# TF_VAR_contact and TF_VAR_release say what terraform.tfvars says elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../../terraform"

[ -z "${STATE_BUCKET:-}" ] || cat >backend_override.tf <<END
terraform {
  backend "s3" {
    bucket = "$STATE_BUCKET"
    key    = "packytrace.tfstate"
    region = "${AWS_REGION:?}"
  }
}
END
terraform init -input=false
terraform plan -input=false -lock=false
