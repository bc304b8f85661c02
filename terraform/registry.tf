# Lambda takes images from ECR only. The repositories stand on both tracks, empty and free of charge
# on EC2, so that images can be there before the functions are.

resource "aws_ecr_repository" "function" {
  for_each = local.functions

  name                 = "${local.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true # copies of what is in GHCR

  image_scanning_configuration {
    scan_on_push = true
  }

  #checkov:skip=CKV_AWS_136:The images are public; a key of our own would cost a dollar a month and hide nothing.
}

resource "aws_ecr_lifecycle_policy" "function" {
  for_each = aws_ecr_repository.function

  repository = each.value.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "The current image and two before it, to go back to"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 3 }
      action       = { type = "expire" }
    }]
  })
}

locals {
  lambda_images = {
    for function, repository in aws_ecr_repository.function :
    function => "${repository.repository_url}@${lookup(var.image_digests, function, "")}"
  }
}
