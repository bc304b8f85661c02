# Schedules by EventBridge Scheduler: the manifest's expressions, time zones and windows as they are.

locals {
  schedules = merge([
    for function, described in var.functions : {
      for schedule in lookup(described, "schedules", []) : "${function}.${schedule.name}" => {
        function   = function
        name       = schedule.name
        expression = schedule.expression
        timezone   = lookup(schedule, "timezone", "UTC")
        window     = lookup(schedule, "flexible_window", null) == null ? null : ceil(local.seconds[schedule.flexible_window] / 60)
      }
    }
  ]...)
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.schedules

  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.timezone

  flexible_time_window {
    mode                      = each.value.window == null ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = each.value.window
  }

  target {
    arn      = aws_lambda_function.this[each.value.function].arn
    role_arn = aws_iam_role.scheduler.arn

    # Scheduler's own event, and in `detail` which schedule it is.
    input = jsonencode({
      version       = "0"
      id            = "<aws.scheduler.execution-id>"
      "detail-type" = "Scheduled Event"
      source        = "aws.scheduler"
      account       = var.arns.account
      time          = "<aws.scheduler.scheduled-time>"
      region        = var.arns.region
      resources     = ["<aws.scheduler.schedule-arn>"]
      detail        = { schedule = each.value.name }
    })

    # A tick that is missed is made good by the next one; a run that fails looks again at its next tick.
    retry_policy {
      maximum_retry_attempts       = 0
      maximum_event_age_in_seconds = 60
    }
  }

  #checkov:skip=CKV_AWS_297:A schedule names a function and holds no data.
}

# Scheduler calls a function asynchronously; without this Lambda would try a failed run twice again.
resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = toset([for schedule in values(local.schedules) : schedule.function])

  function_name                = aws_lambda_function.this[each.key].function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

resource "aws_iam_role" "scheduler" {
  name        = "${var.name}-scheduler"
  description = "EventBridge Scheduler: start functions"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.arns.account } }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "start-functions"
  role = aws_iam_role.scheduler.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = [for function in distinct([for schedule in values(local.schedules) : schedule.function]) : aws_lambda_function.this[function].arn]
    }]
  })
}
