# What it costs, so that nobody learns it from the bill, by the list prices of deploy/prices.json. What
# depends on use is named without a figure.

locals {
  prices = jsondecode(file("${path.module}/../deploy/prices.json"))
  hourly = local.prices.ec2_hour
  hours  = local.prices.hours_per_month

  costs = merge({
    "host, ${var.instance_type}"     = lookup(local.hourly, var.instance_type, 0) * local.hours
    "public IPv4 address"            = local.prices.ipv4_hour * local.hours
    "disks, ${8 + var.data_gib} GiB" = local.prices.gp3_gib_month * (8 + var.data_gib)
    "backups, 5 GB"                  = local.prices.s3_gb_month * 5
    "snapshots of the system disk"   = local.prices.snapshot_gb_month * 4
    }, local.on_lambda ? {
    "${length(module.functions[0].endpoints)} interface endpoints" = local.prices.endpoint_hour * local.hours * length(module.functions[0].endpoints)
    "${module.functions[0].secrets} copies in Secrets Manager"     = local.prices.secret_month * module.functions[0].secrets
    } : {}, local.on_lambda && var.kafka_pollers == "provisioned" ? {
    "${module.functions[0].mappings} provisioned pollers" = local.prices.provisioned_poller_hour * local.hours * module.functions[0].mappings
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
