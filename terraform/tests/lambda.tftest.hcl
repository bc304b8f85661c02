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
}

run "a_function_without_an_image_is_refused" {
  command = plan

  variables {
    image_digests = {}
  }

  expect_failures = [var.image_digests]
}
