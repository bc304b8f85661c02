variable "name" {
  description = "What stands before every name."
  type        = string
}

variable "network" {
  description = "Address range of the network."
  type        = string
}

variable "host_subnet" {
  description = "The part of it that the host is in."
  type        = string
}
