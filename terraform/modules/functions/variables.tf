variable "name" {
  description = "What stands before every name."
  type        = string
}

variable "environment" {
  description = "Second part of every SSM path."
  type        = string
}

variable "arns" {
  description = "Partition, account and region, as they stand in ARNs."
  type        = object({ partition = string, account = string, region = string })
}

variable "functions" {
  description = "The manifest's functions."
  type        = any
}

variable "images" {
  description = "The image of each function in ECR, by digest."
  type        = map(string)
}

variable "roles" {
  description = "Name and ARN of each function's role."
  type        = map(object({ name = string, arn = string }))
}

variable "door_role" {
  description = "Name and ARN of the role that may call functions."
  type        = object({ name = string, arn = string })
}

variable "vpc" {
  description = "The host's network."
  type        = string
}

variable "availability_zone" {
  description = "The host's zone."
  type        = string
}

variable "subnet_range" {
  description = "Addresses for functions in the network."
  type        = string
}

variable "host_address" {
  description = "The host's private address: Postgres, broker, Keycloak and the private door."
  type        = string
}

variable "host_security_group" {
  description = "The host's security group."
  type        = string
}

variable "doors" {
  description = "The port of the private door for each function."
  type        = map(number)
}

variable "backups" {
  description = "Name of the backup bucket."
  type        = string
}

variable "domain" {
  description = "The public name."
  type        = string
}

variable "concurrency" {
  description = "Most processes of one function; 0 = no reservation."
  type        = number
}

variable "kafka_pollers" {
  description = "on-demand or provisioned."
  type        = string
}

variable "kafka_mappings" {
  description = "Whether mappings are made; false only in the test against moto."
  type        = bool
}
