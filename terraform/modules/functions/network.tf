# How functions reach the host, and AWS without a NAT gateway: a subnet without a way out, beside the
# host's, and one interface endpoint for each AWS service that is needed in it.

locals {
  # Functions read secrets (ssm). AWS's on-demand pollers ask for the other three in the subnet, and for
  # sqs where dead letters are references.
  endpoints = toset(concat(
    ["ssm"],
    var.kafka_mappings && length(local.mappings) > 0 ? ["lambda", "sts", "secretsmanager"] : [],
    var.kafka_mappings && length(local.references) > 0 ? ["sqs"] : [],
  ))

  # What functions and pollers may ask of the host.
  ports = merge(
    { postgres = 5432, kafka = 9092, kafka-tls = 9094, keycloak = 8480 },
    { for function, port in var.doors : "door-${function}" => port },
  )

  # The name that AWS gives the host's address in its network. The broker's certificate says it, and AWS's
  # pollers look.
  broker = "ip-${replace(var.host_address, ".", "-")}.${var.arns.region == "us-east-1" ? "ec2" : "${var.arns.region}.compute"}.internal"
}

resource "aws_subnet" "functions" {
  vpc_id            = var.vpc
  cidr_block        = var.subnet_range
  availability_zone = var.availability_zone
  tags              = { Name = "${var.name}-functions" }
}

# No route but that of the network itself, and the free one to S3.
resource "aws_route_table" "functions" {
  vpc_id = var.vpc
  tags   = { Name = "${var.name}-functions" }
}

resource "aws_route_table_association" "functions" {
  subnet_id      = aws_subnet.functions.id
  route_table_id = aws_route_table.functions.id
}

resource "aws_security_group" "functions" {
  name        = "${var.name}-functions"
  description = "Functions on Lambda and AWS pollers: to the host and to endpoints only"
  vpc_id      = var.vpc
  tags        = { Name = "${var.name}-functions" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "AWS services inside the network, for functions and the host"
  vpc_id      = var.vpc
  tags        = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_egress_rule" "to_host" {
  for_each = local.ports

  security_group_id            = aws_security_group.functions.id
  referenced_security_group_id = var.host_security_group
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  tags                         = { Name = "To the host: ${each.key}" }

  #checkov:skip=CKV_AWS_23:The tag says it; the local AWS of the tests forgets descriptions of such rules.
}

resource "aws_vpc_security_group_ingress_rule" "host" {
  for_each = local.ports

  security_group_id            = var.host_security_group
  referenced_security_group_id = aws_security_group.functions.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  tags                         = { Name = "From functions on Lambda: ${each.key}" }

  #checkov:skip=CKV_AWS_23:The tag says it; the local AWS of the tests forgets descriptions of such rules.
}

resource "aws_vpc_security_group_egress_rule" "to_endpoints" {
  security_group_id            = aws_security_group.functions.id
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  tags                         = { Name = "To AWS services inside the network" }

  #checkov:skip=CKV_AWS_23:The tag says it; the local AWS of the tests forgets descriptions of such rules.
}

# The host too: inside the network AWS's names lead to these endpoints for everybody.
resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = { functions = aws_security_group.functions.id, host = var.host_security_group }

  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  tags                         = { Name = "From: ${each.key}" }

  #checkov:skip=CKV_AWS_23:The tag says it; the local AWS of the tests forgets descriptions of such rules.
}

resource "aws_vpc_security_group_egress_rule" "to_s3" {
  count = length(local.records) > 0 ? 1 : 0

  security_group_id = aws_security_group.functions.id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = { Name = "Dead letters" }

  #checkov:skip=CKV_AWS_23:The tag says it; the local AWS of the tests forgets descriptions of such rules.
}

resource "aws_vpc_endpoint" "service" {
  for_each = local.endpoints

  vpc_id              = var.vpc
  service_name        = "com.amazonaws.${var.arns.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.functions.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  tags                = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = var.vpc
  service_name      = "com.amazonaws.${var.arns.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.functions.id]
  tags              = { Name = "${var.name}-s3" }
}
