"""The HTTP resolver of Powertools without its resolvers for other services, which load asyncio at every cold start."""

import sys
from types import ModuleType

import aws_lambda_powertools

_PACKAGE = "aws_lambda_powertools.event_handler"

# The package imports every resolver. A stand-in with the same path has the same modules and imports none of them.
if _PACKAGE not in sys.modules:
    stand_in = ModuleType(_PACKAGE)
    stand_in.__path__ = [f"{path}/event_handler" for path in aws_lambda_powertools.__path__]
    sys.modules[_PACKAGE] = stand_in

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response  # noqa: E402
from aws_lambda_powertools.event_handler.exceptions import NotFoundError  # noqa: E402

__all__ = ["APIGatewayHttpResolver", "NotFoundError", "Response"]
