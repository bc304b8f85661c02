# Who may read which secret. The parameters themselves are made by `packytrace-ops secrets init` and
# changed by `secrets rotate`: Terraform knows their names, and never a value.

locals {
  parameter = "arn:${var.arns.partition}:ssm:${var.arns.region}:${var.arns.account}:parameter/packytrace/${var.environment}"
  key       = "arn:${var.arns.partition}:kms:${var.arns.region}:${var.arns.account}:key/*"

  # Every secret of the manifest, and the public halves of the keys by which functions know each other.
  names = {
    for function, described in var.functions :
    function => [for name in described.secrets : "${local.parameter}/${function}/${name}"]
  }
  public_keys = [
    for function, described in var.functions : "${local.parameter}/shared/internal-keys/${function}"
    if contains(described.secrets, "internal-key")
  ]

  # On Lambda AWS takes a function's role; on the host the credentials endpoint takes it for its container.
  takers = var.on_lambda ? { Service = "lambda.amazonaws.com" } : { AWS = var.host_role.arn }
}

resource "aws_iam_role" "function" {
  for_each = var.functions

  name        = "${var.name}-${each.key}"
  description = "${each.key}: its own secrets, and everybody's public keys"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = local.takers }]
  })
}

resource "aws_iam_role_policy" "secrets" {
  for_each = var.functions

  name = "secrets"
  role = aws_iam_role.function[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "OwnSecretsAndPublicKeys"
        Effect   = "Allow"
        Action   = "ssm:GetParameter"
        Resource = concat(local.names[each.key], local.public_keys)
      },
      # AWS's own key for SSM, for these parameters, through SSM only.
      {
        Sid      = "Decrypt"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = local.key
        Condition = {
          StringEquals = {
            "kms:ViaService"                      = "ssm.${var.arns.region}.amazonaws.com"
            "kms:EncryptionContext:PARAMETER_ARN" = concat(local.names[each.key], local.public_keys)
          }
        }
      },
    ]
  })
}

# Identity notes each erasure off the host; it may add to that log, and neither read nor remove anything.
resource "aws_iam_role_policy" "erasure_log" {
  name = "erasure-log"
  role = aws_iam_role.function["identity"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "NoteErasures"
      Effect   = "Allow"
      Action   = "s3:PutObject"
      Resource = "${var.backups}/erasures/*"
    }]
  })
}

# The host takes roles for its containers, and only those of this environment.
resource "aws_iam_role_policy" "host" {
  name = "roles-of-containers"
  role = var.host_role.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Resource = concat(
        [aws_iam_role.operator.arn, aws_iam_role.door.arn],
        var.on_lambda ? [] : [for role in aws_iam_role.function : role.arn],
      )
    }]
  })
}
