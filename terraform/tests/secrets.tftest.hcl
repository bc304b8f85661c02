# Who may read what, from the policies as they are made.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name        = "packytrace-test"
  environment = "test"
  arns        = { partition = "aws", account = "123456789012", region = "eu-central-1" }
  functions   = yamldecode(file("../functions/manifest.yaml")).functions
  on_lambda   = false
  host_role   = { name = "packytrace-test-host", arn = "arn:aws:iam::123456789012:role/packytrace-test-host" }
  backups     = "arn:aws:s3:::backups"
}

run "a_function_reads_its_own_secrets_and_public_keys" {
  command = apply

  module {
    source = "./modules/secrets"
  }

  assert {
    condition     = toset(keys(aws_iam_role.function)) == toset(keys(var.functions))
    error_message = "A function of the manifest has no role."
  }

  # Every resource that a policy names is the function's own secret, or a public key.
  assert {
    condition = alltrue(flatten([
      for function, policy in aws_iam_role_policy.secrets : [
        for resource in jsondecode(policy.policy).Statement[0].Resource :
        startswith(resource, "arn:aws:ssm:eu-central-1:123456789012:parameter/packytrace/test/${function}/") || startswith(resource, "arn:aws:ssm:eu-central-1:123456789012:parameter/packytrace/test/shared/internal-keys/")
      ]
    ]))
    error_message = "A function may read what is another's."
  }

  assert {
    condition = alltrue([
      for function, policy in aws_iam_role_policy.secrets :
      length(jsondecode(policy.policy).Statement[0].Resource) == length(var.functions[function].secrets) + length(var.functions)
    ])
    error_message = "A secret of the manifest cannot be read by its function."
  }

  # Decrypting goes through SSM, and for the same names only.
  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.secrets :
      jsondecode(policy.policy).Statement[1].Condition.StringEquals["kms:ViaService"] == "ssm.eu-central-1.amazonaws.com" &&
      jsondecode(policy.policy).Statement[1].Condition.StringEquals["kms:EncryptionContext:PARAMETER_ARN"] == jsondecode(policy.policy).Statement[0].Resource
    ])
    error_message = "A function may decrypt more than it reads."
  }

  # Backups are the operator's; identity adds to the log of erasures, and that is all.
  assert {
    condition = jsondecode(aws_iam_role_policy.erasure_log.policy).Statement == [{
      Sid = "NoteErasures", Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::backups/erasures/*"
    }] && aws_iam_role_policy.erasure_log.role == aws_iam_role.function["identity"].id
    error_message = "Identity cannot note an erasure, or may do more than that."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.function : jsondecode(role.assume_role_policy).Statement[0].Principal == { AWS = var.host_role.arn }])
    error_message = "On EC2 somebody else than the host takes a function's role."
  }
}

run "on_lambda_only_lambda_takes_a_functions_role" {
  command = apply

  module {
    source = "./modules/secrets"
  }

  variables {
    on_lambda = true
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.function : jsondecode(role.assume_role_policy).Statement[0].Principal == { Service = "lambda.amazonaws.com" }])
    error_message = "On Lambda somebody else takes a function's role."
  }

  assert {
    condition     = length(jsondecode(aws_iam_role_policy.host.policy).Statement[0].Resource) == 2
    error_message = "The host could still take a function's role."
  }
}
