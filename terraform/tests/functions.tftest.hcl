# Functions, triggers and permissions, each translated from the manifest. What is expected is computed
# from the same file here, or written out where the translation itself is tested.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                = "packytrace-test"
  environment         = "test"
  arns                = { partition = "aws", account = "123456789012", region = "eu-central-1" }
  functions           = yamldecode(file("../functions/manifest.yaml")).functions
  images              = { for function in keys(yamldecode(file("../functions/manifest.yaml")).functions) : function => "ecr/${function}@sha256:0" }
  roles               = { for function in keys(yamldecode(file("../functions/manifest.yaml")).functions) : function => { name = "packytrace-test-${function}", arn = "arn:aws:iam::123456789012:role/packytrace-test-${function}" } }
  doors               = { for place, function in sort(keys(yamldecode(file("../functions/manifest.yaml")).functions)) : function => 8101 + place }
  door_role           = { name = "packytrace-test-door", arn = "arn:aws:iam::123456789012:role/packytrace-test-door" }
  vpc                 = "vpc-1"
  availability_zone   = "eu-central-1a"
  subnet_range        = "10.20.0.64/26"
  host_address        = "10.20.0.10"
  host_security_group = "sg-1"
  backups             = "packytrace-test-backups"
  domain              = "packytrace.example.org"
  concurrency         = 10
  kafka_pollers       = "on-demand"
  kafka_mappings      = true
}

run "every_function_of_the_manifest_is_there_and_nothing_else" {
  command = apply

  module {
    source = "./modules/functions"
  }

  assert {
    condition     = toset(keys(aws_lambda_function.this)) == toset(keys(var.functions)) && length(aws_lambda_function.this) > 0
    error_message = "Functions and manifest differ."
  }

  assert {
    condition     = alltrue([for function, lambda in aws_lambda_function.this : lambda.memory_size == var.functions[function].http.memory && lambda.role == var.roles[function].arn && lambda.image_uri == var.images[function]])
    error_message = "A function has another memory, role or image than its own."
  }

  assert {
    condition     = alltrue([for function, lambda in aws_lambda_function.this : lambda.reserved_concurrent_executions == min(10, var.functions[function].http.concurrency)])
    error_message = "A function may have more processes than the manifest or Postgres allows."
  }

  # The longest of HTTP, batches and schedules: of measurement `close`, of the gateway HTTP alone.
  assert {
    condition     = aws_lambda_function.this["measurement"].timeout == 900 && aws_lambda_function.this["api-gateway"].timeout == 10 && aws_lambda_function.this["brand-analytics"].timeout == 30
    error_message = "A timeout is not the longest of the function's triggers."
  }

  assert {
    condition     = length(aws_scheduler_schedule.this) == sum([for described in values(var.functions) : length(lookup(described, "schedules", []))])
    error_message = "A schedule of the manifest is missing, or one is there that it does not have."
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.kafka) == sum([for described in values(var.functions) : length(lookup(described, "kafka", []))])
    error_message = "A topic of the manifest has no mapping, or there is one too many."
  }
}

run "only_our_own_reach_a_function" {
  command = apply

  module {
    source = "./modules/functions"
  }

  assert {
    condition     = length(aws_lambda_function_url.this) == length(var.functions) && alltrue([for url in aws_lambda_function_url.this : url.authorization_type == "AWS_IAM"])
    error_message = "A function's address is open."
  }

  assert {
    condition     = aws_iam_role_policy.door.role == "packytrace-test-door"
    error_message = "Somebody else than the private door may call functions."
  }

  # Each gets the addresses of whom the manifest lets it call, at the private door, and no other.
  assert {
    condition = alltrue([for function, lambda in aws_lambda_function.this :
      toset([for name, value in lambda.environment[0].variables : name if startswith(value, "http://10.20.0.10:81")]) ==
      toset([for callee in keys(lookup(var.functions[function], "calls", {})) : "${upper(replace(callee, "-", "_"))}_URL"])
    ])
    error_message = "A function is told of somebody whom the manifest does not let it call."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.host : rule.cidr_ipv4 == null && rule.from_port == rule.to_port])
    error_message = "The host is open to more than functions, or by more than one port a rule."
  }
}

run "schedules_are_the_manifests" {
  command = apply

  module {
    source = "./modules/functions"
  }

  variables {
    functions = {
      probe = {
        http    = { timeout = "5s", memory = 128, concurrency = 4 }
        secrets = []
        schedules = [
          { name = "often", expression = "rate(1 minute)", timeout = "50s" },
          { name = "nightly", expression = "cron(30 3 * * ? *)", timezone = "Europe/Berlin", timeout = "5m", flexible_window = "90m" },
        ]
      }
    }
    images = { probe = "ecr/probe@sha256:0" }
    roles  = { probe = { name = "probe", arn = "arn:aws:iam::123456789012:role/probe" } }
    doors  = { probe = 8101 }
  }

  assert {
    condition     = aws_scheduler_schedule.this["probe.often"].schedule_expression == "rate(1 minute)" && aws_scheduler_schedule.this["probe.often"].schedule_expression_timezone == "UTC" && aws_scheduler_schedule.this["probe.often"].flexible_time_window[0].mode == "OFF"
    error_message = "A plain schedule is not as in the manifest."
  }

  assert {
    condition     = aws_scheduler_schedule.this["probe.nightly"].schedule_expression == "cron(30 3 * * ? *)" && aws_scheduler_schedule.this["probe.nightly"].schedule_expression_timezone == "Europe/Berlin" && aws_scheduler_schedule.this["probe.nightly"].flexible_time_window[0].maximum_window_in_minutes == 90
    error_message = "Time zone or window of a schedule got lost."
  }

  # What the adapter reads: the kind of event, and which schedule it is.
  assert {
    condition     = jsondecode(aws_scheduler_schedule.this["probe.nightly"].target[0].input)["detail-type"] == "Scheduled Event" && jsondecode(aws_scheduler_schedule.this["probe.nightly"].target[0].input).detail.schedule == "nightly"
    error_message = "The function would not know which schedule it is."
  }

  assert {
    condition     = aws_lambda_function.this["probe"].timeout == 300
    error_message = "The timeout is not that of the longest schedule."
  }

  # Nothing of Kafka where nobody reads it: no broker's certificate, no dead letters, one endpoint.
  assert {
    condition     = length(aws_secretsmanager_secret.kafka) + length(aws_secretsmanager_secret.broker_ca) + length(aws_s3_bucket.dead_letters) + length(aws_sqs_queue.dead_references) == 0 && local.endpoints == toset(["ssm"])
    error_message = "Something is made, and paid, that nobody needs."
  }
}

run "topics_are_the_manifests" {
  command = apply

  module {
    source = "./modules/functions"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.kafka["measurement.passport.product-scanned.v1"].batch_size == 1000 && aws_lambda_event_source_mapping.kafka["passport.identity.brand-changed.v1"].batch_size == 100
    error_message = "A batch has another size than in the manifest."
  }

  assert {
    condition     = alltrue([for name, mapping in aws_lambda_event_source_mapping.kafka : mapping.topics == toset([join(".", slice(split(".", name), 1, 4))]) && mapping.self_managed_kafka_event_source_config[0].consumer_group_id == name])
    error_message = "A mapping reads another topic, or two share a group."
  }

  # What must not be kept leaves only its place behind.
  assert {
    condition     = alltrue([for name, mapping in aws_lambda_event_source_mapping.kafka : mapping.destination_config[0].on_failure[0].destination_arn == (startswith(name, "measurement.") ? "arn:aws:sqs:eu-central-1:123456789012:mocked" : "arn:aws:s3:::mocked")])
    error_message = "Records about people would be kept as dead letters."
  }

  # The login is a secret's name; AWS reads it as the function.
  assert {
    condition     = alltrue([for name, mapping in aws_lambda_event_source_mapping.kafka : length([for source in mapping.source_access_configuration : source if source.type == "SASL_SCRAM_512_AUTH"]) == 1]) && toset(keys(aws_secretsmanager_secret.kafka)) == toset([for function, described in var.functions : function if contains(keys(described), "kafka")])
    error_message = "A mapping has no login."
  }

  # On-demand pollers take no partial answer, so functions fail whole batches.
  assert {
    condition     = alltrue([for lambda in aws_lambda_function.this : lambda.environment[0].variables.KAFKA_PARTIAL_ANSWERS == "false"]) && alltrue([for mapping in aws_lambda_event_source_mapping.kafka : try(length(mapping.function_response_types), 0) == 0])
    error_message = "A function would name failed records to somebody who does not listen."
  }
}

run "provisioned_pollers_do_all_that_the_manifest_says" {
  command = apply

  module {
    source = "./modules/functions"
  }

  variables {
    kafka_pollers = "provisioned"
    functions = {
      probe = {
        http    = { timeout = "5s", memory = 128, concurrency = 4 }
        secrets = ["kafka"]
        kafka   = [{ topic = "passport.product-scanned.v1", batch_size = 7, window = "5s", timeout = "2m", retries = 3, max_age = "1h", on_error = "retry" }]
      }
    }
    images = { probe = "ecr/probe@sha256:0" }
    roles  = { probe = { name = "probe", arn = "arn:aws:iam::123456789012:role/probe" } }
    doors  = { probe = 8101 }
  }

  assert {
    condition     = alltrue([for mapping in aws_lambda_event_source_mapping.kafka : mapping.batch_size == 7 && mapping.maximum_batching_window_in_seconds == 5 && mapping.maximum_retry_attempts == 3 && mapping.maximum_record_age_in_seconds == 3600 && !mapping.bisect_batch_on_function_error && mapping.function_response_types == toset(["ReportBatchItemFailures"])])
    error_message = "Batch size, window, retries, age, bisecting or partial answers are not the manifest's."
  }

  assert {
    condition     = aws_lambda_function.this["probe"].timeout == 120 && aws_lambda_function.this["probe"].environment[0].variables.KAFKA_PARTIAL_ANSWERS == "true"
    error_message = "The timeout of a batch got lost, or failed records are not named."
  }
}

run "other_retries_need_provisioned_pollers" {
  command = plan

  module {
    source = "./modules/functions"
  }

  variables {
    functions = {
      probe = {
        http    = { timeout = "5s", memory = 128, concurrency = 4 }
        secrets = ["kafka"]
        kafka   = [{ topic = "passport.product-scanned.v1", retries = 3 }]
      }
    }
    images = { probe = "ecr/probe@sha256:0" }
    roles  = { probe = { name = "probe", arn = "arn:aws:iam::123456789012:role/probe" } }
    doors  = { probe = 8101 }
  }

  expect_failures = [aws_lambda_event_source_mapping.kafka["probe.passport.product-scanned.v1"]]
}
