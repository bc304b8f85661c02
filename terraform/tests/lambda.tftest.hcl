# The track with the functions on Lambda, with a mocked AWS. What there should be is counted in the
# manifest, so that a new function, topic or schedule shows here by itself.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  runtime = "lambda"
  domain  = "packytrace.example.org"
  contact = "operator@example.org"
  release = "0.1.0"
  image_digests = {
    for function in ["api-gateway", "passport", "personalization", "identity", "fridge", "measurement", "brand-analytics"] :
    function => "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  }
}

run "both_stand_beside_each_other" {
  command = apply

  assert {
    condition     = length(module.functions) == 1 && local.deployment.runtime == "lambda"
    error_message = "Lambda is not where the functions are, or the host is not told."
  }

  assert {
    condition     = toset(local.deployment.elsewhere) == toset(keys(local.functions))
    error_message = "The host would go on running a function that is on Lambda."
  }

  # The public door leads to the private door of the gateway.
  assert {
    condition     = local.deployment.settings.GATEWAY == "door:${local.doors["api-gateway"]}" && length(local.deployment.doors) == length(local.functions)
    error_message = "Caddy does not find the gateway, or a function has no door."
  }

  assert {
    condition     = module.functions[0].mappings == sum([for described in values(local.functions) : length(lookup(described, "kafka", []))])
    error_message = "A topic of the manifest has no mapping, or there is one too many."
  }

  # The host copies a login for each function that reads, and knows the name in the broker's certificate.
  assert {
    condition     = toset(keys(local.deployment.pollers.logins)) == toset([for function, described in local.functions : "/packytrace/production/${function}/kafka" if contains(keys(described), "kafka")]) && local.deployment.settings.BROKER_NAME == "ip-10-20-0-10.eu-central-1.compute.internal"
    error_message = "AWS's pollers would not find a login or the broker."
  }

  assert {
    condition     = aws_budgets_budget.month[0].limit_amount == "25" && length(aws_budgets_budget.month[0].notification) == 2
    error_message = "The budget alarm is missing, or does not ring twice."
  }
}

run "a_function_without_an_image_is_refused" {
  command = plan

  variables {
    image_digests = {}
  }

  expect_failures = [var.image_digests]
}
