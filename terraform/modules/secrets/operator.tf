# The operator's own containers: packytrace-ops and its one-shots. They make and rotate every secret, so
# they may read and write all of this environment; and they write backups, which they cannot delete.

locals {
  # A self-managed mapping reads its user and password from Secrets Manager, under the same name.
  copies = "arn:${var.arns.partition}:secretsmanager:${var.arns.region}:${var.arns.account}:secret:/packytrace/${var.environment}/*"
}

resource "aws_iam_role" "operator" {
  name        = "${var.name}-operator"
  description = "packytrace-ops on the host: makes and rotates secrets, writes backups"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = var.host_role.arn } }]
  })
}

resource "aws_iam_role_policy" "operator" {
  name = "operator"
  role = aws_iam_role.operator.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Secrets"
        Effect = "Allow"
        Action = [
          "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory", "ssm:PutParameter",
          "ssm:LabelParameterVersion", "ssm:UnlabelParameterVersion",
        ]
        Resource = "${local.parameter}/*"
      },
      # Settings of the deployment are Terraform's.
      {
        Sid      = "NotTheDeployment"
        Effect   = "Deny"
        Action   = "ssm:PutParameter"
        Resource = "${local.parameter}/host/*"
      },
      {
        Sid       = "Seal"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
        Resource  = local.key
        Condition = { StringEquals = { "kms:ViaService" = "ssm.${var.arns.region}.amazonaws.com" } }
      },
      {
        Sid      = "CopiesForKafkaMappings"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret"]
        Resource = local.copies
      },
      {
        Sid      = "Backups"
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:GetObject"]
        Resource = "${var.backups}/*"
      },
      {
        Sid      = "ListBackups"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = var.backups
      },
    ]
  })
}

# The host's private door, which signs calls to functions on Lambda. What it may call, modules/functions
# says; on EC2 that is nothing.
resource "aws_iam_role" "door" {
  name        = "${var.name}-door"
  description = "The host's private door to functions on Lambda"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = var.host_role.arn } }]
  })
}
