# What the machine itself may do: be reached by Session Manager, read what it should run, and take the
# containers' roles for them (modules/secrets). It can read no secret by itself.

resource "aws_iam_role" "host" {
  name        = "${var.name}-host"
  description = "The machine; containers have roles of their own"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_instance_profile" "host" {
  name = "${var.name}-host"
  role = aws_iam_role.host.name
}

resource "aws_iam_role_policy" "host" {
  name = "host"
  role = aws_iam_role.host.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "SessionManager"
        Effect = "Allow"
        Action = [
          "ssm:UpdateInstanceInformation",
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ]
        Resource = "*" # none of them can be said more narrowly
      },
      {
        Sid      = "WhatToRun"
        Effect   = "Allow"
        Action   = "ssm:GetParameter"
        Resource = "arn:${var.arns.partition}:ssm:${var.arns.region}:${var.arns.account}:parameter${local.deployment_path}"
      },
    ]
  })

  #checkov:skip=CKV_AWS_290:Session Manager's actions know no resource.
  #checkov:skip=CKV_AWS_355:The same.
}
