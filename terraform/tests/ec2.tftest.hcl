# The track with everything on one host, planned with a mocked AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  domain  = "packytrace.example.org"
  contact = "operator@example.org"
  release = "0.1.0"
}

run "one_host_and_what_belongs_to_it" {
  command = plan

  assert {
    condition     = length(module.functions) == 0 && local.deployment.runtime == "ec2" && length(local.deployment.elsewhere) == 0 && local.deployment.pollers == null
    error_message = "The EC2 track makes something of Lambda, or the host would leave a function out."
  }

  assert {
    condition     = aws_budgets_budget.month[0].limit_amount == "25" && length(aws_budgets_budget.month[0].notification) == 2
    error_message = "The budget alarm is missing, or does not ring twice."
  }
}

run "the_host_is_shut_but_for_its_door" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    name        = "packytrace-test"
    network     = "10.20.0.0/24"
    host_subnet = "10.20.0.0/26"
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.public : "${rule.ip_protocol}/${rule.from_port}-${rule.to_port}"]) == toset(["tcp/80-80", "tcp/443-443"])
    error_message = "Something else than 80 and 443 is open to the world."
  }
}

run "a_container_cannot_reach_the_hosts_role" {
  command = apply

  module {
    source = "./modules/host"
  }

  variables {
    name              = "packytrace-test"
    environment       = "test"
    arns              = { partition = "aws", account = "123456789012", region = "eu-central-1" }
    subnet            = "subnet-1"
    security_group    = "sg-1"
    availability_zone = "eu-central-1a"
    address           = "10.20.0.10"
    instance_type     = "t3.small"
    ami               = null
    data_gib          = 20
    deployment        = { release = "0.1.0" }
  }

  assert {
    condition     = aws_instance.host.metadata_options[0].http_tokens == "required" && aws_instance.host.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "IMDS answers version 1, or a container."
  }

  assert {
    condition     = aws_ebs_volume.data.encrypted && aws_instance.host.root_block_device[0].encrypted
    error_message = "A disk is not encrypted."
  }

  # The machine's own role reads one parameter, the deployment, and no secret.
  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.host.policy).Statement : statement.Resource if contains(flatten([statement.Action]), "ssm:GetParameter")] == [
      "arn:aws:ssm:eu-central-1:123456789012:parameter/packytrace/test/host/deployment"
    ]
    error_message = "The machine may read more than what it should run."
  }

  assert {
    condition     = length(local.user_data) < 16384
    error_message = "EC2 takes 16 KiB of user data."
  }
}

run "an_unknown_runtime_is_refused" {
  command = plan

  variables {
    runtime = "ecs"
  }

  expect_failures = [var.runtime]
}
