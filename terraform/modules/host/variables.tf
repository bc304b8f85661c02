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

variable "subnet" {
  description = "The host's subnet."
  type        = string
}

variable "security_group" {
  description = "The host's security group."
  type        = string
}

variable "availability_zone" {
  description = "The zone of the subnet, and so of the volume."
  type        = string
}

variable "address" {
  description = "The host's private address."
  type        = string
}

variable "instance_type" {
  description = "Its size."
  type        = string
}

variable "ami" {
  description = "Its image; null = the newest Amazon Linux 2023."
  type        = string
}

variable "data_gib" {
  description = "Size of the data volume."
  type        = number
}

variable "deployment" {
  description = "What it should run."
  type        = any
}
