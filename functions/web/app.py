"""What the API is, for people and programs; and an answer for every address at which there is nothing."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api

app = api.resolver()


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
