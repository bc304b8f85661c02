# The bucket for backups, and the nightly snapshot.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name      = "packytrace-test"
  arns      = { partition = "aws", account = "123456789012", region = "eu-central-1" }
  snapshots = true
}

run "backups_are_versioned_sealed_private_and_forgotten" {
  command = apply

  module {
    source = "./modules/backup"
  }

  assert {
    condition     = aws_s3_bucket_versioning.backups.versioning_configuration[0].status == "Enabled"
    error_message = "A backup could be overwritten for good."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.backups.block_public_policy && aws_s3_bucket_public_access_block.backups.restrict_public_buckets
    error_message = "The bucket could be made public."
  }

  assert {
    condition     = length([for rule in aws_s3_bucket_lifecycle_configuration.backups.rule : rule if rule.id == "dumps" && try(rule.expiration[0].days, 0) == 35]) == 1
    error_message = "Dumps are kept for ever."
  }

  assert {
    condition     = aws_dlm_lifecycle_policy.nightly[0].policy_details[0].target_tags == tomap({ backup = "packytrace-test" }) && aws_dlm_lifecycle_policy.nightly[0].policy_details[0].schedule[0].retain_rule[0].count == 3
    error_message = "The nightly snapshot takes something else, or keeps it longer."
  }
}
