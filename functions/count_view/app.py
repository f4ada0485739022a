"""Count a view of a share page or a download. Event: what videos/counting.py sends, asynchronously."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.videos import counting


@logs.with_context
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    counting.count(counting.Event(**event))
