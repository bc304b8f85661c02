# A network with one public subnet for the one host. No NAT gateway: nothing in it needs one.

data "aws_availability_zones" "available" {
  state = "available"

  #checkov:skip=CKV_AWS_394:The first by name is taken, which another zone does not change.
}

locals {
  # One zone: the host is one machine, and who talks to it is best beside it.
  zone = sort(data.aws_availability_zones.available.names)[0]
}

resource "aws_vpc" "this" {
  cidr_block           = var.network
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }

  #checkov:skip=CKV2_AWS_11:Flow logs cost more than the host's disk; the host's own logs say who came through its one door.
}

# Nobody gets rights by belonging nowhere.
resource "aws_default_security_group" "none" {
  vpc_id = aws_vpc.this.id
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_subnet" "host" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = var.host_subnet
  availability_zone = local.zone
  tags              = { Name = "${var.name}-host" }
}

resource "aws_route_table" "host" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-host" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}

resource "aws_route_table_association" "host" {
  subnet_id      = aws_subnet.host.id
  route_table_id = aws_route_table.host.id
}

resource "aws_security_group" "host" {
  name        = "${var.name}-host"
  description = "The public door: HTTP and HTTPS, and nothing else from anywhere"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-host" }

  #checkov:skip=CKV2_AWS_5:It is the host's, in another module.
}

resource "aws_vpc_security_group_ingress_rule" "public" {
  for_each = {
    http  = { port = 80, what = "Sends people to HTTPS, and proves the name to Let's Encrypt" }
    https = { port = 443, what = "The public door" }
  }

  security_group_id = aws_security_group.host.id
  description       = each.value.what
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port

  #checkov:skip=CKV_AWS_260:Port 80 answers with a redirect, and Let's Encrypt asks there.
}

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.host.id
  description       = "Registries, AWS, Let's Encrypt, push services of browsers"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
