output "function_roles" {
  description = "Name and ARN of each function's role."
  value       = { for function, role in aws_iam_role.function : function => { name = role.name, arn = role.arn } }
}

output "door_role" {
  description = "Name and ARN of the private door's role."
  value       = { name = aws_iam_role.door.name, arn = aws_iam_role.door.arn }
}

output "parameters" {
  description = "Names of the secrets that `packytrace-ops secrets init` makes."
  value       = sort(flatten([for names in values(local.names) : names]))
}
