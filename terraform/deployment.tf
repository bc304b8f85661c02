# What the host should run, as a plain parameter that it reads once a minute. So a new release, or the
# other runtime, is a `terraform apply` and changes nothing of the host itself.

locals {
  deployment = {
    release = var.release
    images  = var.images
    runtime = var.runtime
    # Settings of Compose; none is a secret.
    settings = merge({
      PACKYTRACE_ENV          = var.environment
      PACKYTRACE_VERSION      = var.release
      PACKYTRACE_IMAGES       = var.images
      AWS_REGION              = var.region
      SITE_ADDRESS            = var.domain
      PUBLIC_URL              = "https://${var.domain}"
      CREDENTIALS_ROLE_PREFIX = "arn:${local.arns.partition}:iam::${local.arns.account}:role/${local.name}-"
      BACKUP_BUCKET           = module.backup.bucket
      }, {
      for function, version in var.function_releases : "${upper(replace(function, "-", "_"))}_VERSION" => version
      }, local.on_lambda ? {
      GATEWAY      = "door:${local.doors["api-gateway"]}"
      HOST_ADDRESS = local.host_address
      BROKER_NAME  = module.functions[0].broker
    } : {})
    # On Lambda: containers that the host stops, and where its private door leads to.
    elsewhere = local.on_lambda ? sort(keys(local.functions)) : []
    doors = local.on_lambda ? {
      for function, port in local.doors : port => module.functions[0].hosts[function]
    } : {}
    # And secrets of AWS's pollers that the host fills.
    pollers = local.on_lambda ? module.functions[0].pollers : null
  }
}
