variable "name" {
  description = "What stands before every name, and the tag of the disk that is kept."
  type        = string
}

variable "arns" {
  description = "Partition, account and region, as they stand in ARNs."
  type        = object({ partition = string, account = string, region = string })
}

variable "snapshots" {
  description = "Whether nightly snapshots are made; false only in the test against moto."
  type        = bool
}
