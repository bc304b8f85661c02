# Event-source mappings: AWS's pollers read the broker on the host and call functions with batches.
# On-demand pollers keep neither the manifest's retries nor partial answers: a batch fails as a whole
# (KAFKA_PARTIAL_ANSWERS) and goes to the dead letters after AWS's ten tries (ADR 0044).

locals {
  provisioned = var.kafka_pollers == "provisioned"

  # Who reads what. Its group is its own for each topic, as AWS asks; packytrace-ops kafka apply allows it.
  mappings = merge([
    for function, described in var.functions : {
      for mapping in lookup(described, "kafka", []) : "${function}.${mapping.topic}" => {
        function    = function
        topic       = mapping.topic
        batch_size  = tonumber(lookup(mapping, "batch_size", 100))
        window      = local.seconds[lookup(mapping, "window", "500ms")]
        retries     = tonumber(lookup(mapping, "retries", 10))
        max_age     = lookup(mapping, "max_age", null) == null ? null : floor(local.seconds[mapping.max_age])
        bisect      = lookup(mapping, "on_error", "bisect") == "bisect"
        dead_letter = lookup(mapping, "dead_letter", "record")
      }
    }
  ]...)
  readers = { for function, described in var.functions : function => described if length(lookup(described, "kafka", [])) > 0 }

  # Records that may be kept go to a bucket; of the others only where they were, to a queue.
  references    = { for name, mapping in local.mappings : name => mapping if mapping.dead_letter == "reference" }
  records       = { for name, mapping in local.mappings : name => mapping if mapping.dead_letter == "record" }
  references_of = { for mapping in values(local.references) : mapping.function => true... }
  records_of    = { for mapping in values(local.records) : mapping.function => true... }
}

resource "aws_lambda_event_source_mapping" "kafka" {
  for_each = var.kafka_mappings ? local.mappings : {}

  function_name     = aws_lambda_function.this[each.value.function].arn
  topics            = [each.value.topic]
  starting_position = "TRIM_HORIZON"
  batch_size        = each.value.batch_size

  # Whole seconds only; what is less is AWS's own half second.
  maximum_batching_window_in_seconds = each.value.window < 1 ? null : floor(each.value.window)

  # AWS's pollers do this in provisioned mode only.
  maximum_retry_attempts         = local.provisioned ? each.value.retries : null
  maximum_record_age_in_seconds  = local.provisioned ? each.value.max_age : null
  bisect_batch_on_function_error = local.provisioned ? each.value.bisect : null
  function_response_types        = local.provisioned ? ["ReportBatchItemFailures"] : null

  self_managed_event_source {
    endpoints = { KAFKA_BOOTSTRAP_SERVERS = "${local.broker}:9094" }
  }

  self_managed_kafka_event_source_config {
    consumer_group_id = each.key
  }

  source_access_configuration {
    type = "SASL_SCRAM_512_AUTH"
    uri  = aws_secretsmanager_secret.kafka[each.value.function].arn
  }

  source_access_configuration {
    type = "SERVER_ROOT_CA_CERTIFICATE"
    uri  = aws_secretsmanager_secret.broker_ca[0].arn
  }

  source_access_configuration {
    type = "VPC_SUBNET"
    uri  = "subnet:${aws_subnet.functions.id}"
  }

  source_access_configuration {
    type = "VPC_SECURITY_GROUP"
    uri  = "security_group:${aws_security_group.functions.id}"
  }

  destination_config {
    on_failure {
      destination_arn = contains(keys(local.records), each.key) ? aws_s3_bucket.dead_letters[0].arn : aws_sqs_queue.dead_references[0].arn
    }
  }

  dynamic "provisioned_poller_config" {
    for_each = local.provisioned ? [true] : []

    content {
      minimum_pollers = 1
      maximum_pollers = 1
    }
  }

  lifecycle {
    precondition {
      condition     = local.provisioned || (each.value.retries == 10 && each.value.max_age == null)
      error_message = "${each.key}: on-demand pollers try ten times and know no age; set kafka_pollers = \"provisioned\" for other retries or a max_age."
    }
  }

  depends_on = [aws_iam_role_policy.function]
}

# The login that pollers use: AWS reads it from Secrets Manager only. The host copies the current one from SSM,
# under the same name, within a minute of a change (deploy/lambda/broker.sh).
resource "aws_secretsmanager_secret" "kafka" {
  for_each = local.readers

  name                    = "/packytrace/${var.environment}/${each.key}/kafka"
  description             = "Copy of the Kafka login of ${each.key} for AWS's pollers; written by the host"
  recovery_window_in_days = 0 # a copy

  #checkov:skip=CKV_AWS_149:AWS's own key encrypts it; a key of our own would cost a dollar a month and be in the same account.
  #checkov:skip=CKV2_AWS_57:It follows the login in SSM, which packytrace-ops rotates together with the broker's user.
}

# The authority by which pollers know the broker: public, but AWS takes it from here only. The host makes it
# (deploy/lambda/broker.sh).
resource "aws_secretsmanager_secret" "broker_ca" {
  count = length(local.readers) > 0 ? 1 : 0

  name                    = "/packytrace/${var.environment}/broker/certificate"
  description             = "The authority of the broker's certificate; written by the host"
  recovery_window_in_days = 0

  #checkov:skip=CKV_AWS_149:A certificate is public.
  #checkov:skip=CKV2_AWS_57:It changes with the broker's key, which the host makes.
}
