"""The operations of the OpenAPI document, from the handlers' routes, docstrings and `@documented` metadata."""

import inspect
import re

from keepreel.api.openapi import Documentation
from local.aws.template import Json
from local.tools import openapi_schemas
from local.tools.api_operations import Operation
from local.tools.openapi_links import links
from local.tools.openapi_schemas import REF

TAGS = {
    "videos": "A user's own videos, and uploads of source images.",
    "community videos": "The same for the videos of a community's bot.",
    "communities": "Communities, and the prompts that their data gives.",
    "account": "The signed-in person: an export of all data, and the deletion of the account.",
    "catalog": "Models and templates to choose from.",
    "sharing and statistics": "Public links, and views, shares and downloads.",
    "public": "The web page, the share page and this documentation. No token needed.",
}
_REASONS = {
    400: "The request is not valid; `errors` has the fields",
    401: "The token is missing or not valid",
    404: "Not found, or it belongs to another user",
    409: "Not possible in the present status of the video or the account",
    410: "The videos of this Idempotency-Key were deleted",
    413: "The body is too large",
    422: "This Idempotency-Key was used for a different request",
    429: "Requests come too fast, or a limit of your account is reached; retry after `Retry-After` seconds",
    500: "An error on our side; the log has it under `request_id`",
    503: "A service did not respond, or the operator has paused the creation of videos; try again",
}
_ACCOUNT_CLOSING = "The account is being deleted, or is a public one that cannot be deleted"
_SUCCESSES = {
    200: "Success",
    201: "Created",
    202: "Accepted; the videos are being generated",
    204: "Success, no content",
    302: "Redirect to the file",
    304: "Not modified",
}
# The gateway itself sends these, too, in a format of its own.
_GATEWAY_STATUSES = {401, 413, 429, 500, 503}
_LOCATION = {"Location": {"description": "Where it can be read", "schema": {"type": "string"}}}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds; not in the gateway's own format", "schema": {"type": "integer"}}
}
_HEADERS = {
    201: _LOCATION,
    202: {
        **_LOCATION,
        "Retry-After": {"description": "Seconds until the first poll", "schema": {"type": "integer"}},
        "Idempotent-Replayed": {
            "description": "`true` if an earlier request created the videos",
            "schema": {"type": "string"},
        },
    },
    302: {"Location": {"description": "The file", "schema": {"type": "string", "format": "uri"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}
_REPEATS = (
    "The same request under the same `Idempotency-Key` returns the same videos. Without a key, an equal request within "
    "a minute counts as a double click and returns the earlier videos, with `Idempotent-Replayed: true`. To create "
    "equal videos on purpose, send a new `Idempotency-Key` for each of them, or use `variations`."
)


def operation_object(operation: Operation) -> dict[str, Json]:
    docs = operation.documentation
    summary, *description = re.split(r"\.\s+", inspect.cleandoc(operation.docstring), maxsplit=1)
    text = " ".join(" ".join((*description, *([_REPEATS] if docs.creates_videos else []))).split())
    result: dict[str, Json] = {
        "operationId": operation.id,
        "tags": [_tag(operation.path)],
        "summary": " ".join(summary.split()).rstrip("."),
        "description": text,
        "parameters": [*_path_parameters(operation), *_query_parameters(docs), *_header_parameters(docs)],
        "responses": {str(status): response for status, response in sorted(_responses(operation).items())},
    }
    if docs.body:
        content = {"application/json": {"schema": {"$ref": REF.format(model=docs.body)}}}
        result["requestBody"] = {"required": not docs.is_body_optional, "content": content}
    if operation.is_public:
        result["security"] = []
    return result


def _tag(path: str) -> str:
    if not path.startswith("/v1/"):
        return "public"
    if path.endswith(("/share", "/stats")):
        return "sharing and statistics"
    if path in ("/v1/models", "/v1/templates"):
        return "catalog"
    if path.startswith(("/v1/me", "/v1/erasures")):
        return "account"
    if path.startswith("/v1/communities"):
        return "community videos" if "/videos" in path else "communities"
    return "videos"


def _path_parameters(operation: Operation) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": openapi_schemas.parameter_description(name),
            "schema": {"type": "string"},
        }
        for name in operation.parameters
    ]


def _query_parameters(docs: Documentation) -> list[Json]:
    if not docs.query:
        return []
    return [
        {"name": name, "in": "query", "required": is_required, "description": description, "schema": schema}
        for name, (schema, description, is_required) in openapi_schemas.parameters(docs.query).items()
    ]


def _header_parameters(docs: Documentation) -> list[Json]:
    headers = []
    if docs.creates_videos:
        text = "1 to 255 visible ASCII characters. A repeated key creates no new video, a new key always does"
        headers.append(("Idempotency-Key", text))
    if 304 in docs.responses:
        headers.append(("If-None-Match", "The ETag of an earlier response"))
    return [
        {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}
        for name, description in headers
    ]


def _responses(operation: Operation) -> dict[int, Json]:
    successes = operation.documentation.responses.items()
    result = {status: _success(operation, status, model) for status, model in successes}
    own = _problems(operation)
    for status in sorted((own | {429, 500, 503}) - result.keys()):
        formats = {}
        if status in _GATEWAY_STATUSES:
            formats["application/json"] = "GatewayMessage"
        if status in own and (status != 401 or operation.is_public):
            formats["application/problem+json"] = "Problem"
        content: dict[str, Json] = {
            kind: {"schema": {"$ref": REF.format(model=model)}} for kind, model in formats.items()
        }
        if status == 404 and operation.is_public and _tag(operation.path) == "public":
            content["text/html"] = {"schema": {"type": "string"}}  # for browsers
        reason = _ACCOUNT_CLOSING if status == 409 and _tag(operation.path) == "account" else _REASONS[status]
        result[status] = {"description": reason, **_with_headers(status), "content": content}
    return result


def _success(operation: Operation, status: int, model: str) -> dict[str, Json]:
    headers = {} if model == "Upload" else _with_headers(status)  # an upload has no URL, so no Location header
    response: dict[str, Json] = {"description": (_SUCCESSES | _REASONS)[status], **headers}
    if status == 202 and not operation.documentation.creates_videos:
        waits = {name: it for name, it in _HEADERS[202].items() if name != "Idempotent-Replayed"}
        response = {"description": "Accepted; it goes on after the response", "headers": waits}
    if 304 in operation.documentation.responses:
        etag = {"ETag": {"description": "For If-None-Match", "schema": {"type": "string"}}}
        response["headers"] = {**etag, **({} if operation.is_public else _RETRY_AFTER)}
    if "/" in model:
        response["content"] = {model: {"schema": {"type": "object" if model.endswith("/json") else "string"}}}
    elif model and operation.method != "HEAD":
        response["content"] = {"application/json": {"schema": {"$ref": REF.format(model=model)}}}
        if found := links(operation, model):
            response["links"] = found
    return response


def _with_headers(status: int) -> dict[str, Json]:
    return {"headers": _HEADERS[status]} if status in _HEADERS else {}


def _problems(operation: Operation) -> set[int]:
    """Return the statuses that the handler itself returns as problem+json, and 401, which the gateway returns."""
    docs = operation.documentation
    statuses = {500, *docs.problems}
    if not operation.is_public:
        statuses |= {401, 503}
    if operation.parameters:
        statuses.add(404)
    if docs.body:
        statuses |= {400, 413}
    if docs.query:
        statuses.add(400)
    if docs.creates_videos:
        statuses |= {400, 410, 422, 429}
    return statuses - docs.responses.keys()
