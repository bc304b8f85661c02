# Where backups go: a bucket whose versions nobody on the host can delete, and snapshots of the system disk.

resource "aws_s3_bucket" "backups" {
  bucket = "${var.name}-backups-${var.arns.account}"

  #checkov:skip=CKV_AWS_144:A second region doubles the price of what is itself the second copy.
  #checkov:skip=CKV_AWS_145:S3's own encryption; a key of our own would cost a dollar a month and be in the same account.
  #checkov:skip=CKV_AWS_18:Access logs of a bucket that one role writes to; CloudTrail says who changed it.
  #checkov:skip=CKV2_AWS_62:Nobody waits for an event; `packytrace-ops doctor` tells the backup's age.
}

resource "aws_s3_bucket_versioning" "backups" {
  bucket = aws_s3_bucket.backups.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "backups" {
  bucket = aws_s3_bucket.backups.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "backups" {
  bucket                  = aws_s3_bucket.backups.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Nothing without TLS.
resource "aws_s3_bucket_policy" "backups" {
  bucket = aws_s3_bucket.backups.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OverTlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.backups.arn, "${aws_s3_bucket.backups.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.backups]
}

# Dumps go after 35 days. The log of erasures stays: a restored dump needs it, however old, and it holds
# ids of what is gone and nothing else.
resource "aws_s3_bucket_lifecycle_configuration" "backups" {
  bucket = aws_s3_bucket.backups.id

  rule {
    id     = "dumps"
    status = "Enabled"

    filter {
      prefix = "dumps/"
    }

    expiration {
      days = 35
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }
  }

  rule {
    id     = "unfinished"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.backups]
}
