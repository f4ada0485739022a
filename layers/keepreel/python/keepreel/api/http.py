"""What every HTTP function shares: the resolver, who is asking, the body, and errors as problem+json (RFC 9457)."""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from keepreel import communities
from keepreel.aws import STORE_ERRORS
from keepreel.db import owners
from keepreel.db.tables import Community
from keepreel.errors import NotFound, RequestError, StoreUnavailable, TooLarge
from keepreel.logs import logger

if TYPE_CHECKING:
    from keepreel.schemas.validation import RequestT

_LARGEST_BODY = 64 * 1024


def resolver() -> APIGatewayHttpResolver:
    """A resolver whose every error is problem+json."""
    app = APIGatewayHttpResolver()

    def refused(error: RequestError) -> Response[str]:
        return _problem(app, error)

    def no_route(_error: NotFoundError) -> Response[str]:
        return _problem(app, NotFound("There is nothing at this address."))

    def unavailable(error: Exception) -> Response[str]:
        logger.exception("a store did not answer", extra={"reason": type(error).__name__})
        return _problem(app, _TryAgain("Something that we need did not answer. Nothing was lost; try again."))

    def broken(error: Exception) -> Response[str]:
        logger.exception("unexpected", extra={"reason": type(error).__name__})
        return _problem(app, _Broken("This is our defect, not yours. The log has it under the request's id."))

    app.exception_handler(Exception)(broken)
    app.exception_handler([StoreUnavailable, *STORE_ERRORS])(unavailable)
    app.exception_handler(NotFoundError)(no_route)
    app.exception_handler(RequestError)(refused)
    return app


def owner(app: APIGatewayHttpResolver) -> str:
    """The signed-in person, as the gateway's authorizer has checked them; never anything from path or body.

    An access token and an id token both pass: the authorizer binds either to our client, and both name the same `sub`.
    """
    claims = app.current_event.request_context.authorizer.jwt_claim or {}
    return owners.of_user(claims["sub"])


def community(app: APIGatewayHttpResolver, community_id: str) -> Community:
    """The community of the path, if it belongs to the signed-in person. Raises NotFound."""
    return communities.owned(community_id, owner_id=owner(app))


def community_owner(app: APIGatewayHttpResolver, community_id: str) -> str:
    """Whose videos a community's are, for the person whom it belongs to. Raises NotFound."""
    return owners.of_community(community(app, community_id).community_id)


def query(app: APIGatewayHttpResolver, kind: "type[RequestT]") -> "RequestT":
    from keepreel.schemas import validation

    return validation.parse_query(kind, app.current_event.query_string_parameters)


def parse(app: APIGatewayHttpResolver, kind: "type[RequestT]", *, may_be_empty: bool = False) -> "RequestT":
    """The body as a request of this kind. Raises InvalidInput, TooLarge."""
    body = app.current_event.body or ""
    content = base64.b64decode(body) if app.current_event.is_base64_encoded else body.encode()
    if len(content) > _LARGEST_BODY:
        raise TooLarge(f"The body is larger than {_LARGEST_BODY // 1024} KB.")
    from keepreel.schemas import validation

    return validation.parse_body(kind, content or (b"{}" if may_be_empty else b""))


def answer(status: int, content: Mapping[str, Any], **headers: str | None) -> Response[str]:
    """JSON that no cache keeps; header names are written with underscores, and None leaves one out."""
    named = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    return Response(
        status_code=status,
        content_type="application/json",
        body=json.dumps(content, ensure_ascii=False),  # a page of prompts must fit into an answer
        headers={"Cache-Control": "no-store", **named},
    )


def nothing() -> Response[str]:
    """204: done, and there is nothing to tell."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def retry_after(view: Mapping[str, Any]) -> str | None:
    seconds = view["poll_after_seconds"]
    return None if seconds is None else str(seconds)


def _problem(app: APIGatewayHttpResolver, error: RequestError) -> Response[str]:
    request_id = app.current_event.request_context.request_id
    content: dict[str, Any] = {
        "type": f"urn:problem-type:keepreel:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": app.current_event.raw_path,
        "code": error.code,
        "request_id": request_id,
        "errors": [{"pointer": field.pointer, "detail": field.detail} for field in error.errors],
    }
    return Response(
        status_code=error.status,
        content_type="application/problem+json",
        body=json.dumps(content),
        headers={"Cache-Control": "no-store", **error.headers},
    )


class _TryAgain(RequestError):
    status = 503
    code = "try_again"
    title = "Try again"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": "2"}


class _Broken(RequestError):
    status = 500
    code = "internal"
    title = "Internal error"
