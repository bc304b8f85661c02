# What a function needs on Lambda beside its secrets: its log, a network interface, and the copy of its
# Kafka login that AWS's pollers read as it.

locals {
  logs = "arn:${var.arns.partition}:logs:${var.arns.region}:${var.arns.account}:log-group:/aws/lambda/${var.name}"
}

resource "aws_iam_role_policy" "function" {
  for_each = var.functions

  name = "lambda"
  role = var.roles[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "OwnLog"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${local.logs}-${each.key}:*"
        },
        {
          Sid    = "NetworkInterface"
          Effect = "Allow"
          Action = [
            "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
            "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
          ]
          Resource = "*" # Lambda and its pollers make interfaces as the function, and check for exactly this
        },
        # The same rights are not the code's own: only Lambda itself uses them.
        {
          Sid       = "NotByTheCode"
          Effect    = "Deny"
          Action    = "ec2:*"
          Resource  = "*"
          Condition = { ArnEquals = { "lambda:SourceFunctionArn" = ["arn:${var.arns.partition}:lambda:${var.arns.region}:${var.arns.account}:function:${var.name}-${each.key}"] } }
        },
      ],
      contains(keys(local.readers), each.key) ? [
        {
          Sid      = "KafkaLogin"
          Effect   = "Allow"
          Action   = "secretsmanager:GetSecretValue"
          Resource = [aws_secretsmanager_secret.kafka[each.key].arn, aws_secretsmanager_secret.broker_ca[0].arn]
        },
      ] : [],
      contains(keys(local.records_of), each.key) ? [
        {
          Sid      = "DeadLetters"
          Effect   = "Allow"
          Action   = ["s3:PutObject", "s3:ListBucket"]
          Resource = [aws_s3_bucket.dead_letters[0].arn, "${aws_s3_bucket.dead_letters[0].arn}/*"]
        },
      ] : [],
      contains(keys(local.references_of), each.key) ? [
        {
          Sid      = "DeadReferences"
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = aws_sqs_queue.dead_references[0].arn
        },
      ] : [],
    )
  })
}
