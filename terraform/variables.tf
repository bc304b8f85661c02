variable "runtime" {
  description = "Where the functions run: containers on the host, or Lambda. Everything that keeps data stays on the host."
  type        = string
  default     = "ec2"

  validation {
    condition     = contains(["ec2", "lambda"], var.runtime)
    error_message = "runtime is \"ec2\" or \"lambda\"."
  }
}

variable "environment" {
  description = "Second part of every SSM path, and part of every name."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.environment))
    error_message = "An environment is named in at most 20 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "eu-central-1"
}

variable "domain" {
  description = "The name that people open, such as packytrace.example.org. Its address record points to the output `address`."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is a plain host name, without https:// and without a path."
  }
}

variable "contact" {
  description = "E-mail address that the budget alarm goes to."
  type        = string
}

variable "release" {
  description = "Version of PackyTrace's images, without a v."
  type        = string
}

variable "function_releases" {
  description = "Functions whose image has another version than the others, function => version: one released, or taken back, alone."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.function_releases), keys(local.functions))) == 0
    error_message = "Only functions of the manifest have a version of their own."
  }
}

variable "images" {
  description = "Registry and folder of PackyTrace's images."
  type        = string
  default     = "ghcr.io/packytrace"
}

variable "image_digests" {
  description = "On Lambda: the digest of each function's image in ECR, function => sha256:…."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for digest in values(var.image_digests) : can(regex("^sha256:[0-9a-f]{64}$", digest))])
    error_message = "A digest is sha256: and 64 hexadecimal digits."
  }

  validation {
    condition     = var.runtime != "lambda" || length(setsubtract(keys(local.functions), keys(var.image_digests))) == 0
    error_message = "On Lambda each function of the manifest needs its image: docs/terraform.md tells how it gets into ECR; its digest belongs in image_digests."
  }
}

variable "instance_type" {
  description = "The host, with 2 GiB or more. Its processor is that of the images: x86_64."
  type        = string
  default     = "t3.small"
}

variable "data_gib" {
  description = "Size of the volume that holds Postgres, the broker and the images."
  type        = number
  default     = 20
}

variable "ami" {
  description = "Image of the host; the newest Amazon Linux 2023 where it is not named. A newer one never replaces a running host."
  type        = string
  default     = null
}

variable "budget_usd" {
  description = "US dollars a month; the alarm rings when 80 % are spent or the whole is foreseen."
  type        = number
  default     = 25
}

variable "lambda_concurrency" {
  description = "Most processes of one function at a time on Lambda, where the manifest does not say less; each holds one connection to Postgres. 0 = no reservation, which a new account with its limit of 10 needs."
  type        = number
  default     = 10
}

variable "kafka_pollers" {
  description = "How AWS reads the broker: `on-demand` costs nothing by itself; `provisioned` does all that the manifest says of retries, and is paid by the hour for each mapping."
  type        = string
  default     = "on-demand"

  validation {
    condition     = contains(["on-demand", "provisioned"], var.kafka_pollers)
    error_message = "kafka_pollers is \"on-demand\" or \"provisioned\"."
  }
}

variable "left_out" {
  description = "For the test against moto only: parts that moto cannot make. Of kafka, snapshots, budget."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.left_out, ["kafka", "snapshots", "budget"])) == 0
    error_message = "Only kafka, snapshots and budget can be left out."
  }
}
