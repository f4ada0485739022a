"""The structured logger: one line per fact, with the fields `video_id`, `owner`, `provider`, `task_id`.

Never log an event, a key, a signed URL, a share token or a prompt.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

EventT = TypeVar("EventT")
ResultT = TypeVar("ResultT")

_MAX_FIELD_CHARS = 100  # of a value that a client may choose

logger = Logger()


def with_context(handler: Callable[[EventT, LambdaContext], ResultT]) -> Callable[[EventT, LambdaContext], ResultT]:
    """Decorate a Lambda handler, so that each line of an invocation names it and its API request or video.

    `request_id` is the API's, as in the access log and in an error response; `function_request_id` is Lambda's.
    """

    @wraps(handler)
    def handle(event: EventT, context: LambdaContext) -> ResultT:
        logger.thread_safe_clear_keys()  # those of the previous invocation
        add(function=getattr(context, "function_name", None), function_request_id=context.aws_request_id)
        add(
            request_id=_text(_part(event, "requestContext"), "requestId"),
            video_id=_text(event, "video_id") or _text(_part(event, "pathParameters"), "video_id"),
            owner=_text(event, "owner"),
        )
        return handler(event, context)

    return handle


def add(**fields: str | None) -> None:
    """Add fields to all further lines of this invocation. None adds nothing."""
    logger.thread_safe_append_keys(**{name: value for name, value in fields.items() if value is not None})


def _part(event: object, name: str) -> object:
    return event.get(name) if isinstance(event, dict) else None


def _text(event: object, name: str) -> str | None:
    value = _part(event, name)
    return value[:_MAX_FIELD_CHARS] if isinstance(value, str) else None
