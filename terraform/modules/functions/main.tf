# The functions on Lambda, all from functions/manifest.yaml: nothing about a function is written here.

locals {
  # "10s", "500ms", "5m" → seconds.
  units = { ms = 0.001, s = 1, m = 60, h = 3600, d = 86400 }
  texts = distinct(flatten([
    for described in values(var.functions) : [
      described.http.timeout,
      [for mapping in lookup(described, "kafka", []) : [lookup(mapping, "timeout", "30s"), lookup(mapping, "window", "500ms"), lookup(mapping, "max_age", "0s")]],
      [for schedule in lookup(described, "schedules", []) : [schedule.timeout, lookup(schedule, "flexible_window", "0s")]],
    ]
  ]))
  seconds = {
    for text in local.texts : text => tonumber(regex("^[0-9]+", text)) * local.units[regex("[a-z]+$", text)]
  }

  # One process has one timeout, the longest of its triggers; the adapter keeps the shorter ones.
  timeouts = {
    for function, described in var.functions : function => max(flatten([
      local.seconds[described.http.timeout],
      [for mapping in lookup(described, "kafka", []) : local.seconds[lookup(mapping, "timeout", "30s")]],
      [for schedule in lookup(described, "schedules", []) : local.seconds[schedule.timeout]],
    ])...)
  }

  # Whom a function calls, at the host's private door: PASSPORT_URL and the like.
  callees = {
    for function, described in var.functions : function => {
      for callee in keys(lookup(described, "calls", {})) :
      "${upper(replace(callee, "-", "_"))}_URL" => "http://${var.host_address}:${var.doors[callee]}"
    }
  }
  keycloak = "http://${var.host_address}:8480/auth"
  issuer   = "https://${var.domain}/auth/realms/packytrace"
}

resource "aws_lambda_function" "this" {
  for_each = var.functions

  function_name = "${var.name}-${each.key}"
  description   = "PackyTrace: ${each.key}"
  role          = var.roles[each.key].arn
  package_type  = "Image"
  image_uri     = var.images[each.key]
  architectures = ["x86_64"]
  memory_size   = each.value.http.memory
  timeout       = ceil(local.timeouts[each.key])

  # Each process takes one call at a time and holds one connection to Postgres.
  reserved_concurrent_executions = var.concurrency == 0 ? -1 : min(each.value.http.concurrency, var.concurrency)

  environment {
    variables = merge(local.callees[each.key], {
      PACKYTRACE_ENV        = var.environment
      RUST_LOG              = "info"
      PUBLIC_URL            = "https://${var.domain}"
      POSTGRES_HOST         = var.host_address
      POSTGRES_CONNECTIONS  = "1"
      KAFKA_BOOTSTRAP       = "${var.host_address}:9092"
      KEYCLOAK_URL          = local.keycloak
      KEYCLOAK_ISSUER       = local.issuer
      KEYCLOAK_JWKS_URL     = "${local.keycloak}/realms/packytrace/protocol/openid-connect/certs"
      KAFKA_PARTIAL_ANSWERS = tostring(local.provisioned)
      ERASURE_LOG           = "s3://${var.backups}/erasures"
    })
  }

  vpc_config {
    subnet_ids         = [aws_subnet.functions.id]
    security_group_ids = [aws_security_group.functions.id]
  }

  # Its log group is there before it is, so that Lambda makes none that is kept for ever.
  depends_on = [aws_iam_role_policy.function, aws_cloudwatch_log_group.function]

  #checkov:skip=CKV_AWS_50:Traces go by OTLP where an endpoint is configured; X-Ray would be a second, paid way.
  #checkov:skip=CKV_AWS_116:An HTTP call has its answer, a Kafka batch its own destination, a schedule runs again a minute later.
  #checkov:skip=CKV_AWS_173:No variable is a secret: secrets are read from SSM.
  #checkov:skip=CKV_AWS_272:Images are named by digest, which the operator copied; Lambda signs zip files only.
}

# Where Lambda writes by itself: each line is JSON as the function wrote it.
resource "aws_cloudwatch_log_group" "function" {
  for_each = var.functions

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = 30

  #checkov:skip=CKV_AWS_158:Logs hold no secret and nothing about a person's health; a key of our own costs a dollar a month.
  #checkov:skip=CKV_AWS_338:A year of access logs is more about people than operating needs.
}

# An address that only who signs as the private door may call. A URL and not an HTTP API, which would
# decode %2F in paths and so lose lots of the resolver.
resource "aws_lambda_function_url" "this" {
  for_each = var.functions

  function_name      = aws_lambda_function.this[each.key].function_name
  authorization_type = "AWS_IAM"
}

resource "aws_iam_role_policy" "door" {
  name = "call-functions"
  role = var.door_role.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
      Resource = [for function in aws_lambda_function.this : function.arn]
    }]
  })
}
