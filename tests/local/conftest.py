"""Import moto without EC2, as the stack does, before this folder's modules import the whole of it."""

from local.aws.moto_imports import import_without_ec2

import_without_ec2()
