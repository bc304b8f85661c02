output "vpc" {
  description = "Id of the network."
  value       = aws_vpc.this.id
}

output "subnet" {
  description = "Id of the host's subnet, when it has a way out."
  value       = aws_subnet.host.id

  depends_on = [aws_route_table_association.host]
}

output "host_security_group" {
  description = "Id of the host's security group."
  value       = aws_security_group.host.id
}

output "availability_zone" {
  description = "The one zone that is used."
  value       = local.zone
}
