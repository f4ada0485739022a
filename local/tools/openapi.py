"""Generate the OpenAPI document from the handlers' routes, docstrings and `@documented` metadata.

`python -m local.tools.openapi` writes functions/web/openapi.json; `--check` compares instead.
"""

import json
import sys
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from keepreel.api.openapi import Documentation
from keepreel.schemas import requests, responses, video_responses
from local.aws.template import Json
from local.paths import ROOT
from local.tools.api_operations import Operation, operations

FILE = ROOT / "functions/web/openapi.json"
_REF = "#/components/schemas/{model}"
_ERROR_MODELS = {"Problem", "GatewayMessage"}

_REASONS = {
    400: "The request is not valid; `errors` has the fields",
    401: "The token is missing or not valid",
    404: "Not found, or it belongs to another user",
    409: "Not possible in the video's present status",
    410: "The videos of this Idempotency-Key were deleted",
    413: "The body is too large",
    422: "This Idempotency-Key was used for a different request",
    429: "A limit is reached; retry after `Retry-After` seconds",
    503: "A service did not respond; try again",
}
_SUCCESSES = {
    200: "Success",
    201: "Created",
    202: "Accepted; the videos are being generated",
    204: "Success, no content",
    302: "Redirect to the file",
    304: "Not modified",
}
_TAGS = (
    "videos",
    "community videos",
    "communities",
    "catalog",
    "sharing and statistics",
    "public",
)
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
_HEADERS = {
    201: {"Location": {"schema": {"type": "string"}}},
    202: {
        "Location": {"schema": {"type": "string"}},
        **_RETRY_AFTER,
        "Idempotent-Replayed": {
            "description": "`true` if an earlier request created the videos",
            "schema": {"type": "string"},
        },
    },
    302: {"Location": {"schema": {"type": "string", "format": "uri"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}
_INTRODUCTION = """Create AI videos safely, store them permanently and share them.

A video is `queued → processing → saving → completed`, or it becomes `failed` or `canceled`. `delayed` means that it
takes longer than usual and Keepreel keeps polling.
A failed generation is not an API error: the video has the status `failed`, and its `error` says why.
If requests come too fast, the gateway responds with 429 and `{"message"}`, on every route.
Send an `Idempotency-Key` with every request that creates a video. A repeated request then returns the same videos."""


def document() -> dict[str, Json]:
    every = operations()
    paths: dict[str, dict[str, Json]] = {}
    for operation in sorted(every, key=lambda it: (it.path.count("/") == 1, it.path)):
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation_object(operation)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Keepreel", "version": version, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in _TAGS],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": _schemas(every),
        },
    }


def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _operation_object(operation: Operation) -> dict[str, Json]:
    docs = operation.documentation
    summary, _, description = operation.docstring.partition(". ")
    parameters = [*_path_parameters(operation), *_query_parameters(docs), *_header_parameters(docs)]
    result: dict[str, Json] = {
        "operationId": operation.id,
        "tags": [_tag(operation.path)],
        "summary": summary.rstrip("."),
        "parameters": parameters,
        "responses": {str(status): response for status, response in sorted(_responses(operation).items())},
    }
    if description:
        result["description"] = description
    if docs.body:
        content = {"application/json": {"schema": {"$ref": _REF.format(model=docs.body)}}}
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
    if path.startswith("/v1/communities"):
        return "community videos" if "/videos" in path else "communities"
    return "videos"


def _path_parameters(operation: Operation) -> list[Json]:
    schema = {"type": "string"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in operation.parameters]


def _query_parameters(docs: Documentation) -> list[Json]:
    if not docs.query:
        return []
    schema = model(docs.query).model_json_schema(by_alias=False)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_titles(property)}
        for name, property in schema["properties"].items()
    ]


def _header_parameters(docs: Documentation) -> list[Json]:
    headers = []
    if docs.creates_videos:
        headers.append(("Idempotency-Key", "1 to 255 visible ASCII characters. A repeated key creates no new video"))
    if 304 in docs.responses:
        headers.append(("If-None-Match", "The ETag of an earlier response"))
    return [
        {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}
        for name, description in headers
    ]


def _responses(operation: Operation) -> dict[int, Json]:
    successes = operation.documentation.responses.items()
    result = {status: _success(operation, status, model) for status, model in successes}
    for status in _problems(operation):
        kind, model = ("application/problem+json", "Problem")
        if status == 401:
            kind, model = ("application/json", "GatewayMessage")
        content = {kind: {"schema": {"$ref": _REF.format(model=model)}}}
        result[status] = {"description": _REASONS[status], **_with_headers(status), "content": content}
    return result


def _success(operation: Operation, status: int, model: str) -> dict[str, Json]:
    headers = {} if model == "Upload" else _with_headers(status)  # an upload has no URL, so no Location header
    response: dict[str, Json] = {"description": (_SUCCESSES | _REASONS)[status], **headers}
    if 304 in operation.documentation.responses:
        response["headers"] = {"ETag": {"schema": {"type": "string"}}, **({} if operation.is_public else _RETRY_AFTER)}
    if "/" in model:
        response["content"] = {model: {"schema": {"type": "object" if model.endswith("/json") else "string"}}}
    elif model and operation.method != "HEAD":
        response["content"] = {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}
    return response


def _with_headers(status: int) -> dict[str, Json]:
    return {"headers": _HEADERS[status]} if status in _HEADERS else {}


def _problems(operation: Operation) -> list[int]:
    docs = operation.documentation
    statuses = {*docs.problems}
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
    return sorted(statuses - docs.responses.keys())


def _schemas(every: list[Operation]) -> dict[str, Json]:
    names = {operation.documentation.body for operation in every} | _ERROR_MODELS
    for operation in every:
        names |= {model for model in operation.documentation.responses.values() if "/" not in model}
    models = [(model(name), "validation") for name in sorted(names - {""})]
    _, schemas = models_json_schema(models, by_alias=False, ref_template=_REF)  # type: ignore[arg-type]
    return {name: _with_alias(_without_titles(schema)) for name, schema in sorted(schemas["$defs"].items())}


def _with_alias(schema: dict[str, Json]) -> dict[str, Json]:
    """Add source_image_url, so that a request may repeat this field as a response has it."""
    if "source_image" in (properties := schema.get("properties", {})):
        alias = {**properties["source_image"], "description": "Another name for source_image, as in responses"}
        return {**schema, "properties": {**properties, "source_image_url": alias}}
    return schema


@lru_cache
def model(name: str) -> type[BaseModel]:
    """Return the request or response model of this name."""
    modules = (requests, video_responses, responses)
    found: type[BaseModel] = next(getattr(module, name) for module in modules if hasattr(module, name))
    return found


def _without_titles(schema: Any) -> Any:
    """Remove the titles that pydantic adds, because they only repeat the names."""
    if isinstance(schema, dict):
        fields = {key: value for key, value in schema.items() if key != "title" or not isinstance(value, str)}
        return {key: _without_titles(value) for key, value in fields.items()}
    return [_without_titles(item) for item in schema] if isinstance(schema, list) else schema


def main(arguments: Sequence[str]) -> int:
    if "--check" not in arguments:
        FILE.write_text(text(), encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != text():
        print(f"{FILE.name} is out of date; run `make openapi`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
