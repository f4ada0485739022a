"""HTTP for the handlers: resolver, signed-in user, request parsing, responses, errors as problem+json (RFC 9457)."""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from keepreel.db import owners
from keepreel.errors import NotFound, RequestError, TooLarge
from keepreel.logs import logger
from keepreel.powertools import APIGatewayHttpResolver, NotFoundError, Response

if TYPE_CHECKING:
    from keepreel.db.tables import Community
    from keepreel.schemas.queries import QueryT
    from keepreel.schemas.validation import RequestT

_MAX_BODY_BYTES = 64 * 1024


def resolver() -> APIGatewayHttpResolver:
    """Return a resolver that turns every error into problem+json."""
    app = APIGatewayHttpResolver()

    def request_error(error: RequestError) -> Response[str]:
        return problem(app, error)

    def no_route(_error: NotFoundError) -> Response[str]:
        return problem(app, NotFound("There is nothing at this address."))

    def unexpected(error: Exception) -> Response[str]:
        from keepreel import aws  # an error on a page that needs no store is the only one that loads it here

        if isinstance(error, aws.STORE_ERRORS) and aws.is_outage(error):
            logger.exception("store unavailable", extra={"reason": type(error).__name__})
            return problem(app, _Unavailable("A service did not respond. Nothing was lost; try again."))
        logger.exception("unexpected error", extra={"reason": type(error).__name__})
        return problem(app, _InternalError("An error on our side. Its details are in our log under this request_id."))

    app.exception_handler(Exception)(unexpected)
    app.exception_handler(NotFoundError)(no_route)
    app.exception_handler(RequestError)(request_error)
    return app


def user(app: APIGatewayHttpResolver) -> str:
    """Return the signed-in user, as the gateway's authorizer has verified them. Path and body are never used for this.

    Access tokens and ID tokens are accepted: the authorizer binds both to our client, and both have the same `sub`.
    """
    claims = app.current_event.request_context.authorizer.jwt_claim or {}
    return owners.of_user(claims["sub"])


def owner(app: APIGatewayHttpResolver, community_id: str | None = None) -> str:
    """Return the owner of the route's videos: the signed-in user, or their community. Raises NotFound."""
    return user(app) if community_id is None else owners.of_community(community(app, community_id).community_id)


def community(app: APIGatewayHttpResolver, community_id: str) -> "Community":
    """Return the community if it belongs to the signed-in user. Raises NotFound."""
    from keepreel import communities

    return communities.get_owned(community_id, owner_id=user(app))


def parse_query(app: APIGatewayHttpResolver, kind: "type[QueryT]") -> "QueryT":
    """Return the query string as this dataclass of schemas.queries. Raises InvalidInput."""
    from keepreel.schemas import queries

    return queries.parse(kind, app.current_event.query_string_parameters)


def parse_body(app: APIGatewayHttpResolver, model: "type[RequestT]", *, may_be_empty: bool = False) -> "RequestT":
    """Return the JSON body as this model. Raises InvalidInput, TooLarge."""
    body = app.current_event.body or ""
    content = base64.b64decode(body) if app.current_event.is_base64_encoded else body.encode()
    if len(content) > _MAX_BODY_BYTES:
        raise TooLarge(f"The body is larger than {_MAX_BODY_BYTES // 1024} KB.")
    from keepreel.schemas import validation  # pydantic, a sixth of a second of a cold start that a GET need not pay

    return validation.parse_body(model, content or (b"{}" if may_be_empty else b""))


def json_response(status: int, content: Mapping[str, Any], **headers: str | None) -> Response[str]:
    """Return JSON that is not cached. Header names have underscores for hyphens; a None value omits the header."""
    given = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    return Response(
        status_code=status,
        content_type="application/json",
        body=json.dumps(content, ensure_ascii=False),  # escapes could make a page of prompts exceed Lambda's limit
        headers={"Cache-Control": "no-store", **given},
    )


def no_content() -> Response[str]:
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def retry_after(video: Mapping[str, Any]) -> str | None:
    """Return the Retry-After header of a video's JSON, or None once the video is finished."""
    seconds = video["poll_after_seconds"]
    return None if seconds is None else str(seconds)


def problem(app: APIGatewayHttpResolver, error: RequestError) -> Response[str]:
    """Return the error as problem+json."""
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
        **error.extensions,
    }
    return Response(
        status_code=error.status,
        content_type="application/problem+json",
        body=json.dumps(content),
        headers={"Cache-Control": "no-store", **error.headers},
    )


class _Unavailable(RequestError):
    status = 503
    code = "try_again"
    title = "Try again"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": "2"}


class _InternalError(RequestError):
    status = 500
    code = "internal"
    title = "Internal error"
