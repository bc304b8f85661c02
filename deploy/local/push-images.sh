#!/usr/bin/env bash
# Copies every function's image of the applied release from where it was published into this account's ECR, which
# is where Lambda takes it from, and writes the digests that Terraform then names: docs/operators-guide.md, 5.
# Needs Docker, the command line of AWS, jq, and a terraform/ that was applied.
set -euo pipefail
cd "$(dirname "$0")/../../terraform"

platform=linux/amd64
digests=images.auto.tfvars.json

images=$(terraform output -json images)
registry=$(jq --raw-output '[.[].to | split("/")[0]] | unique | .[]' <<<"$images")
region=$(cut -d. -f4 <<<"$registry")
aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "$registry"

found={}
while read -r function from to; do
  echo "$function: $from"
  docker pull --quiet --platform "$platform" "$from"
  docker tag "$from" "$to"
  docker push --quiet "$to"
  digest=$(aws ecr describe-images --region "$region" --repository-name "$(cut -d/ -f2- <<<"${to%:*}")" \
    --image-ids "imageTag=${to##*:}" --query 'imageDetails[0].imageDigest' --output text)
  found=$(jq --arg function "$function" --arg digest "$digest" '.[$function] = $digest' <<<"$found")
done < <(jq --raw-output 'to_entries[] | "\(.key) \(.value.from) \(.value.to)"' <<<"$images")

jq '{image_digests: .}' <<<"$found" >"$digests"
echo "terraform/$digests names $(jq length <<<"$found") digests"
