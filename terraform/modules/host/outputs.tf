output "role" {
  description = "Name and ARN of the machine's role."
  value       = { name = aws_iam_role.host.name, arn = aws_iam_role.host.arn }
}

output "instance" {
  description = "Id of the machine."
  value       = aws_instance.host.id
}

output "address" {
  description = "Its public address."
  value       = aws_eip.host.public_ip
}

output "user_data" {
  description = "What it does at its first start; for the test that reads it."
  value       = local.user_data
}
