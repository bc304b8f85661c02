# What it costs, so that nobody learns it from the bill: AWS's list prices for eu-central-1 of November
# 2026 without tax, by the month of 730 hours. What depends on use is named without a figure.

locals {
  hourly = {
    "t3.micro"       = 0.0120, "t3.small" = 0.0240, "t3.medium" = 0.0480, "t3.large" = 0.0960
    "c7i-flex.large" = 0.09690, "m7i-flex.large" = 0.10887
  }
  hours = 730

  costs = merge({
    "host, ${var.instance_type}"     = lookup(local.hourly, var.instance_type, 0) * local.hours
    "public IPv4 address"            = 0.005 * local.hours
    "disks, ${8 + var.data_gib} GiB" = 0.0952 * (8 + var.data_gib)
    "backups, 5 GB"                  = 0.0245 * 5
    "snapshots of the system disk"   = 0.054 * 4
    }, local.on_lambda ? {
    "${length(module.functions[0].endpoints)} interface endpoints" = 0.012 * local.hours * length(module.functions[0].endpoints)
    "${module.functions[0].secrets} copies in Secrets Manager"     = 0.40 * module.functions[0].secrets
    "private DNS zone"                                             = 0.50
    } : {}, local.on_lambda && var.kafka_pollers == "provisioned" ? {
    "${module.functions[0].mappings} provisioned pollers" = 0.185 * local.hours * module.functions[0].mappings
  } : {})
}

output "cost" {
  description = "US dollars a month by resource, at list prices; what depends on use comes on top (docs/terraform.md)."
  value = merge(
    { for what, dollars in local.costs : what => format("%.2f", dollars) },
    { "in all, fixed" = format("%.2f", sum(values(local.costs))) },
    contains(keys(local.hourly), var.instance_type) ? {} : { "not counted" = "the price of ${var.instance_type} is not known here" },
  )
}
