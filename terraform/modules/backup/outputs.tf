output "bucket" {
  description = "The bucket's name."
  value       = aws_s3_bucket.backups.bucket
}

output "bucket_arn" {
  description = "Its ARN."
  value       = aws_s3_bucket.backups.arn
}
