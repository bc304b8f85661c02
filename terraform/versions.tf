# One provider, and nothing that keeps a secret: no random, no tls. Its version is exact here, because a
# lock file would hold the checksums of one platform only.
terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  # State names resources, never secrets; where it is kept is the operator's choice:
  # docs/terraform.md shows the S3 backend.
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { project = "packytrace", environment = var.environment }
  }
}
