# shellcheck shell=bash
# Terraform and what judges it. Provider and Terraform come with the machine or from the internet; where
# they cannot be had, tests say so.

tf_root=$root/terraform
tflint_version=v0.64.0
tflint=$dist/tflint-$tflint_version/tflint

# TF_PLUGIN_DIR: a folder of providers, for machines without Terraform's registry.
terraform_init() {
  local options=(-input=false -no-color -backend=false)
  [ -z "${TF_PLUGIN_DIR:-}" ] || options+=(-plugin-dir "$TF_PLUGIN_DIR")
  terraform -chdir="$tf_root" init "${options[@]}"
}

# Why Terraform cannot be run here; nothing when it can.
terraform_missing() {
  command -v terraform >/dev/null || { echo "terraform is not on this machine"; return; }
  terraform_init >"$logs/steps/terraform-init.log" 2>&1 ||
    echo "the AWS provider cannot be had here: name its folder in TF_PLUGIN_DIR, or be online ($logs/steps/terraform-init.log)"
}

terraform_format() { terraform -chdir="$tf_root" fmt -check -recursive; }
terraform_valid() { terraform -chdir="$tf_root" validate -no-color; }

# tflint by Go's own client; a build once, then nothing.
terraform_lint() {
  if [ ! -x "$tflint" ]; then
    command -v go >/dev/null || { echo "NOT RUN: tflint, because go is not on this machine"; return; }
    GOBIN=${tflint%/*} go install "github.com/terraform-linters/tflint@$tflint_version"
  fi
  "$tflint" --chdir "$tf_root" --recursive --no-color
}

# checkov without its command line, which asks a server on the internet first and waits for minutes.
terraform_policies() {
  make_python "$dist/checkov" "$pins/checkov.txt"
  "$dist/checkov/bin/python" "$here/terraform_policies.py" "$tf_root"
}
