"""OpenAPI metadata of the handlers. It names models as strings, so that a Lambda function does not import them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

HandlerT = TypeVar("HandlerT", bound=Callable[..., object])


@dataclass(frozen=True, kw_only=True)
class Documentation:
    """`body` and `query` name models of schemas.requests; `responses` maps statuses to models of schemas.responses.

    An empty model name means no body. `creates_videos`: the route accepts an Idempotency-Key and counts in the quotas.
    `problems` are error statuses beyond those that every route of its kind has.
    """

    body: str = ""
    query: str = ""
    responses: Mapping[int, str] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    is_body_optional: bool = False
    creates_videos: bool = False


def documented(
    *,
    responses: Mapping[int, str],
    body: str = "",
    query: str = "",
    problems: tuple[int, ...] = (),
    is_body_optional: bool = False,
    creates_videos: bool = False,
) -> Callable[[HandlerT], HandlerT]:
    """Attach the metadata to the handler. The handler's docstring is the summary."""

    def attach(handler: HandlerT) -> HandlerT:
        handler.documentation = Documentation(  # type: ignore[attr-defined]
            body=body,
            query=query,
            responses=responses,
            problems=problems,
            is_body_optional=is_body_optional,
            creates_videos=creates_videos,
        )
        return handler

    return attach
