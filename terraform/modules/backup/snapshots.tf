# The system disk, nightly: how the machine was set up. Never the data volume: backups leave out
# measurement's facts, and a snapshot cannot leave anything out (ADR 0045).

resource "aws_iam_role" "snapshots" {
  count = var.snapshots ? 1 : 0

  name        = "${var.name}-snapshots"
  description = "Data Lifecycle Manager: snapshots of the system disk"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "dlm.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.arns.account } }
    }]
  })
}

resource "aws_iam_role_policy" "snapshots" {
  count = var.snapshots ? 1 : 0

  name = "snapshots"
  role = aws_iam_role.snapshots[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Look"
        Effect   = "Allow"
        Action   = ["ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeVolumes"]
        Resource = "*" # none of them can be said more narrowly
      },
      {
        Sid      = "Take"
        Effect   = "Allow"
        Action   = "ec2:CreateSnapshot"
        Resource = "arn:${var.arns.partition}:ec2:${var.arns.region}:${var.arns.account}:volume/*"
        Condition = {
          StringEquals = { "aws:ResourceTag/backup" = var.name }
        }
      },
      {
        Sid      = "TakeInto"
        Effect   = "Allow"
        Action   = "ec2:CreateSnapshot"
        Resource = "arn:${var.arns.partition}:ec2:${var.arns.region}::snapshot/*"
      },
      {
        Sid       = "Mark"
        Effect    = "Allow"
        Action    = "ec2:CreateTags"
        Resource  = "arn:${var.arns.partition}:ec2:${var.arns.region}::snapshot/*"
        Condition = { StringEquals = { "ec2:CreateAction" = "CreateSnapshot" } }
      },
      {
        Sid       = "Forget"
        Effect    = "Allow"
        Action    = "ec2:DeleteSnapshot"
        Resource  = "arn:${var.arns.partition}:ec2:${var.arns.region}::snapshot/*"
        Condition = { StringEquals = { "aws:ResourceTag/backup" = var.name } }
      },
    ]
  })
}

resource "aws_dlm_lifecycle_policy" "nightly" {
  count = var.snapshots ? 1 : 0

  description        = "PackyTrace system disk nightly"
  execution_role_arn = aws_iam_role.snapshots[0].arn
  state              = "ENABLED"

  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { backup = var.name }

    schedule {
      name      = "nightly"
      copy_tags = true

      create_rule {
        interval      = 24
        interval_unit = "HOURS"
        times         = ["02:30"]
      }

      retain_rule {
        count = 3
      }
    }
  }
}
