output "hosts" {
  description = "The host name of each function's URL, which only the private door may call."
  value       = { for function, url in aws_lambda_function_url.this : function => trimsuffix(trimprefix(url.function_url, "https://"), "/") }
}

output "endpoints" {
  description = "AWS services that have an interface in the network."
  value       = local.endpoints
}

output "broker" {
  description = "The broker's name in the network, for its certificate."
  value       = local.broker
}

output "pollers" {
  description = "Where AWS's pollers look for what the host writes: the broker's authority, and each login by its name in SSM."
  value = {
    authority = one(aws_secretsmanager_secret.broker_ca[*].arn)
    logins    = { for secret in aws_secretsmanager_secret.kafka : secret.name => secret.arn }
  }
}

output "secrets" {
  description = "How many copies of secrets lie in Secrets Manager."
  value       = length(local.readers) + length(aws_secretsmanager_secret.broker_ca)
}

output "mappings" {
  description = "How many mappings read the broker."
  value       = length(aws_lambda_event_source_mapping.kafka)
}
