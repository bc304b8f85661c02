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

variable "on_lambda" {
  description = "Whether AWS takes the functions' roles, or the host."
  type        = bool
}

variable "host_role" {
  description = "Name and ARN of the machine's role."
  type        = object({ name = string, arn = string })
}

variable "backups" {
  description = "ARN of the backup bucket."
  type        = string
}
