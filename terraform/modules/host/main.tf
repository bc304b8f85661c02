# The one machine: Amazon Linux with Docker, a volume for all data, a fixed address, no SSH.

data "aws_ssm_parameter" "ami" {
  count = var.ami == null ? 1 : 0
  name  = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

locals {
  deployment_path = "/packytrace/${var.environment}/host/deployment"

  # The scripts are plain bash, which shellcheck reads; what they need to know stands before them.
  user_data = join("\n", [
    "#!/bin/bash",
    "export AWS_REGION=${var.arns.region} DEPLOYMENT=${local.deployment_path} DATA_VOLUME=${aws_ebs_volume.data.id}",
    "install -D -m 755 /dev/stdin /usr/local/bin/packytrace-converge <<'SCRIPT'",
    file("${path.module}/converge.sh"),
    "SCRIPT",
    file("${path.module}/install.sh"),
  ])
}

resource "aws_instance" "host" {
  ami                  = var.ami == null ? nonsensitive(data.aws_ssm_parameter.ami[0].value) : var.ami
  instance_type        = var.instance_type
  iam_instance_profile = aws_iam_instance_profile.host.name
  user_data            = local.user_data
  ebs_optimized        = true
  tags                 = { Name = "${var.name}-host" }

  # A new machine has the old address.
  subnet_id              = var.subnet
  private_ip             = var.address
  vpc_security_group_ids = [var.security_group]

  # Version 2 only, and one hop: a container is a hop further and cannot take the host's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 8
    encrypted   = true
    tags        = { Name = "${var.name}-system", backup = var.name }
  }

  # A newer image or first start is a new host: that is decided (docs/terraform.md), not found in a plan. All
  # data is on its own volume. Its one group is given at its birth, and not compared again: the local AWS of the
  # tests forgets it where an address is asked for. The group's rules are compared.
  lifecycle {
    ignore_changes = [ami, user_data, vpc_security_group_ids]
  }

  #checkov:skip=CKV_AWS_126:Detailed monitoring is paid; Prometheus metrics come from every function.
}

# Postgres, the broker, the images. No snapshots: backups leave out measurement's facts (ADR 0045), so
# this volume's backup are the nightly dumps.
resource "aws_ebs_volume" "data" {
  availability_zone = var.availability_zone
  type              = "gp3"
  size              = var.data_gib
  encrypted         = true
  tags              = { Name = "${var.name}-data" }

  #checkov:skip=CKV_AWS_189:AWS's own key encrypts it; a key of our own would cost a dollar a month and be in the same account.
}

resource "aws_volume_attachment" "data" {
  device_name                    = "/dev/sdf"
  volume_id                      = aws_ebs_volume.data.id
  instance_id                    = aws_instance.host.id
  stop_instance_before_detaching = true
}

resource "aws_eip" "host" {
  domain = "vpc"
  tags   = { Name = "${var.name}-host" }
}

resource "aws_eip_association" "host" {
  allocation_id = aws_eip.host.id
  instance_id   = aws_instance.host.id
}

# Read by the host once a minute. Names, versions and addresses; nothing of it is secret.
resource "aws_ssm_parameter" "deployment" {
  name           = local.deployment_path
  description    = "What the host runs: written by Terraform, read by packytrace-converge"
  type           = "String"
  insecure_value = jsonencode(var.deployment)

  #checkov:skip=CKV2_AWS_34:It holds no secret, and a plan should show what changes.
}
