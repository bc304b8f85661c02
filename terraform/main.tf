# One small server, or Lambda: what both have is below, what Lambda adds is module.functions.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  name      = "packytrace-${var.environment}"
  functions = yamldecode(file("${path.module}/../functions/manifest.yaml")).functions
  on_lambda = var.runtime == "lambda"

  # Fixed, so that functions know the host before it is there and a new host has the old address.
  network      = "10.20.0.0/24"
  host_subnet  = cidrsubnet(local.network, 2, 0)
  lambda_net   = cidrsubnet(local.network, 2, 1)
  host_address = cidrhost(local.host_subnet, 10)

  # Where functions on Lambda find each other: ports of the host's private door, in the manifest's
  # alphabetical order.
  doors = { for place, function in sort(keys(local.functions)) : function => 8101 + place }

  # Parts of ARNs, of which every policy is made.
  arns = {
    partition = data.aws_partition.this.partition
    account   = data.aws_caller_identity.this.account_id
    region    = var.region
  }
}

module "network" {
  source = "./modules/network"

  name        = local.name
  network     = local.network
  host_subnet = local.host_subnet
}

module "host" {
  source = "./modules/host"

  name              = local.name
  environment       = var.environment
  arns              = local.arns
  subnet            = module.network.subnet
  security_group    = module.network.host_security_group
  availability_zone = module.network.availability_zone
  address           = local.host_address
  instance_type     = var.instance_type
  ami               = var.ami
  data_gib          = var.data_gib
  deployment        = local.deployment
}

module "secrets" {
  source = "./modules/secrets"

  name        = local.name
  environment = var.environment
  arns        = local.arns
  functions   = local.functions
  on_lambda   = local.on_lambda
  host_role   = module.host.role
  backups     = module.backup.bucket_arn
}

module "backup" {
  source = "./modules/backup"

  name      = local.name
  arns      = local.arns
  snapshots = !contains(var.left_out, "snapshots")
}

module "functions" {
  source = "./modules/functions"
  count  = local.on_lambda ? 1 : 0

  name                = local.name
  environment         = var.environment
  arns                = local.arns
  functions           = local.functions
  images              = local.lambda_images
  roles               = module.secrets.function_roles
  door_role           = module.secrets.door_role
  vpc                 = module.network.vpc
  availability_zone   = module.network.availability_zone
  subnet_range        = local.lambda_net
  host_address        = local.host_address
  host_security_group = module.network.host_security_group
  doors               = local.doors
  backups             = module.backup.bucket
  domain              = var.domain
  concurrency         = var.lambda_concurrency
  kafka_pollers       = var.kafka_pollers
  kafka_mappings      = !contains(var.left_out, "kafka")
}
