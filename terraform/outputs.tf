output "address" {
  description = "The host's public address."
  value       = module.host.address
}

output "backup_bucket" {
  description = "Where backups go."
  value       = module.backup.bucket
}

output "images" {
  description = "Where each function's image is, and where Lambda takes it from: what deploy/local/push-images.sh copies."
  value = {
    for function, repository in aws_ecr_repository.function : function => {
      from = "${var.images}/${function}:${lookup(var.function_releases, function, var.release)}"
      to   = "${repository.repository_url}:${lookup(var.function_releases, function, var.release)}"
    }
  }
}

output "deployment" {
  description = "What the host is told to run."
  value       = local.deployment
}

output "secrets" {
  description = "Names of the secrets that packytrace-ops makes on the host; Terraform never knows their values."
  value       = module.secrets.parameters
}

output "user_data" {
  description = "What the host does at its first start; for the test that reads it."
  value       = module.host.user_data
}

output "next_steps" {
  description = "What to do after this apply."
  value = join("\n", concat(
    [
      "1. DNS: an A record of ${var.domain} to ${module.host.address}. Caddy gets its certificate as soon as the name leads here.",
      "2. Watch the first start, about five minutes:  aws ssm start-session --region ${var.region} --target ${module.host.instance}",
      "   then on the host:  sudo journalctl --follow --unit packytrace",
      "3. Confirm the budget's e-mail address (${var.contact}) when AWS writes to it; the alarm rings at ${var.budget_usd} US dollars a month.",
      "4. Look at it:  https://${var.domain}/  and on the host:  sudo docker compose --project-name packytrace ps",
    ],
    local.on_lambda ? [
      "5. The functions run on Lambda. The host keeps Caddy, Postgres, the broker and Keycloak, and stops its own functions within a minute.",
      "   Back again at any time:  terraform apply -var runtime=ec2",
      ] : [
      "5. Should Lambda pay one day:  deploy/local/push-images.sh  copies its images into ECR; then  terraform apply -var runtime=lambda",
    ],
  ))
}
