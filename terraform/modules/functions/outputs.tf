output "hosts" {
  description = "The host name of each function's URL, which only the private door may call."
  value       = { for function, url in aws_lambda_function_url.this : function => trimsuffix(trimprefix(url.function_url, "https://"), "/") }
}

output "endpoints" {
  description = "AWS services that have an interface in the network."
  value       = local.endpoints
}

output "secrets" {
  description = "How many copies of secrets lie in Secrets Manager."
  value       = length(local.readers) + length(aws_secretsmanager_secret.broker_ca)
}

output "mappings" {
  description = "How many mappings read the broker."
  value       = length(aws_lambda_event_source_mapping.kafka)
}
