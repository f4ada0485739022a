"""Deploy, verify and delete a stage in an AWS account, with the `sam` and `aws` commands."""
