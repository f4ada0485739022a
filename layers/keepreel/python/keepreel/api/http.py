"""HTTP for the handlers: resolver, signed-in user, request parsing, responses, errors as problem+json (RFC 9457)."""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from keepreel.api import cdn
from keepreel.db import owners
from keepreel.errors import NotFound, RequestError, TooLarge
from keepreel.logs import logger
from keepreel.powertools import APIGatewayHttpResolver, NotFoundError, Response

if TYPE_CHECKING:
    from keepreel.db.tables import Community
    from keepreel.schemas.queries import QueryT
    from keepreel.schemas.validation import RequestT

_MAX_BODY_BYTES = 64 * 1024
_PROBLEM = "application/problem+json"


def resolver() -> APIGatewayHttpResolver:
    """Return a resolver that refuses requests beside the CDN and turns every error into problem+json."""
    app = _Resolver()

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


class _Resolver(APIGatewayHttpResolver):
    """Answers 403 to a request that does not come through the CDN, before any route sees it."""

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        if cdn.is_refused(event.get("headers") or {}):
            logger.info("request beside the CDN refused")
            return _refusal(event)
        return super().resolve(event, context)


def _refusal(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the 403 for an event of the gateway. No client that uses the public address gets it."""
    error = _BesideCdn("Send requests to the site's public address, not to this host.")
    path, request_id = str(event.get("rawPath", "")), str(event.get("requestContext", {}).get("requestId", ""))
    return {
        "statusCode": error.status,
        "headers": {"Content-Type": _PROBLEM, "Cache-Control": "no-store"},
        "body": _problem_body(error, path=path, request_id=request_id),
        "isBase64Encoded": False,
    }


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
    event = app.current_event
    return Response(
        status_code=error.status,
        content_type=_PROBLEM,
        body=_problem_body(error, path=event.raw_path, request_id=event.request_context.request_id),
        headers={"Cache-Control": "no-store", **error.headers},
    )


def _problem_body(error: RequestError, *, path: str, request_id: str) -> str:
    return json.dumps(
        {
            "type": f"urn:problem-type:keepreel:{error.code}",
            "title": error.title,
            "status": error.status,
            "detail": error.detail,
            "instance": path,
            "code": error.code,
            "request_id": request_id,
            "errors": [{"pointer": field.pointer, "detail": field.detail} for field in error.errors],
            **error.extensions,
        }
    )


class _BesideCdn(RequestError):
    status = 403
    code = "beside_cdn"
    title = "Not the public address"


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
