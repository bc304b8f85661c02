# What could not be processed on Lambda. On a host the adapter writes dead letters to Kafka topics; AWS's
# pollers cannot, through this provider. From both places `packytrace-ops` and a person can go on.

resource "aws_s3_bucket" "dead_letters" {
  count = length(local.records) > 0 ? 1 : 0

  bucket        = "${var.name}-dead-letters-${var.arns.account}"
  force_destroy = true # gone after 14 days anyway

  #checkov:skip=CKV_AWS_144:A second region for what is looked at and forgotten within 14 days.
  #checkov:skip=CKV_AWS_145:S3's own encryption; see the backup bucket.
  #checkov:skip=CKV_AWS_18:AWS's pollers write, one person reads.
  #checkov:skip=CKV_AWS_21:Each object is written once, under a name of its own.
  #checkov:skip=CKV2_AWS_62:`packytrace-ops doctor` and the bucket itself tell; no topic is paid for.
}

resource "aws_s3_bucket_public_access_block" "dead_letters" {
  count = length(aws_s3_bucket.dead_letters)

  bucket                  = aws_s3_bucket.dead_letters[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "dead_letters" {
  count = length(aws_s3_bucket.dead_letters)

  bucket = aws_s3_bucket.dead_letters[0].id

  rule {
    id     = "forget"
    status = "Enabled"

    filter {}

    expiration {
      days = 14
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

# Only where a record was: AWS sends no records to a queue.
resource "aws_sqs_queue" "dead_references" {
  count = length(local.references) > 0 ? 1 : 0

  name                      = "${var.name}-dead-references"
  message_retention_seconds = 1209600 # 14 days
  sqs_managed_sse_enabled   = true
}
