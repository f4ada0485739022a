"""What a handler takes and answers, said beside it for the OpenAPI document, by name: a Lambda imports none of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

HandlerT = TypeVar("HandlerT", bound=Callable[..., object])


@dataclass(frozen=True, kw_only=True)
class Documentation:
    """`body` and `query` name models of `inputs`, `answers` by status models of `answers` ("" for no body).

    `is_creating`: it takes an Idempotency-Key and counts in the limits. `problems` are the statuses beyond those that
    every such request may get.
    """

    body: str = ""
    query: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    is_body_optional: bool = False
    is_creating: bool = False


def documented(
    *,
    answers: Mapping[int, str],
    body: str = "",
    query: str = "",
    problems: tuple[int, ...] = (),
    is_body_optional: bool = False,
    is_creating: bool = False,
) -> Callable[[HandlerT], HandlerT]:
    """Notes it on the handler. Its docstring is the summary."""

    def note(handler: HandlerT) -> HandlerT:
        handler.documentation = Documentation(  # type: ignore[attr-defined]
            body=body,
            query=query,
            answers=answers,
            problems=problems,
            is_body_optional=is_body_optional,
            is_creating=is_creating,
        )
        return handler

    return note
