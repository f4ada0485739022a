"""The OpenAPI document, made of the handlers: their routes, their docstrings, and what `@documented` says of them.

`python -m local.tools.openapi` writes it to functions/web/openapi.json; with `--check` it only compares.
"""

import importlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from samtranslator.yaml_helper import yaml_parse

from keepreel.api.openapi import Documentation
from keepreel.schemas import requests, responses, video_responses
from local.aws.template import Json
from local.paths import ROOT

FILE = ROOT / "functions/web/openapi.json"
_REF = "#/components/schemas/{model}"
_FOUND_BY_THE_WAY = {"Problem", "GatewayMessage"}

_REASONS = {
    400: "Something in the request cannot be used; `errors` points to it",
    401: "No token, or not a good one",
    404: "There is no such thing, or it is somebody else's",
    409: "Not in its present state",
    410: "What this Idempotency-Key made was deleted",
    413: "The body is too large",
    422: "This Idempotency-Key was used for another request",
    429: "A limit is reached; `Retry-After` says when to come back",
    503: "Something did not answer; try again",
}
_SUCCESSES = {200: "Here it is", 201: "Made", 202: "Being made", 204: "Done", 302: "There it is", 304: "Not changed"}
_TAGS = (
    "videos",
    "community videos",
    "communities",
    "what can be asked for",
    "sharing and counts",
    "for everybody",
)
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
_HEADERS = {
    201: {"Location": {"schema": {"type": "string"}}},
    202: {
        "Location": {"schema": {"type": "string"}},
        **_RETRY_AFTER,
        "Idempotent-Replayed": {"description": "`true` for an earlier answer", "schema": {"type": "string"}},
    },
    302: {"Location": {"schema": {"type": "string", "format": "uri"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}
_INTRODUCTION = """Makes AI videos safely, keeps them for good and shows them.

A video is `queued → processing → saving → completed`, or `failed` or `canceled`; `delayed` means late and still being
looked for.
A generation that failed is not an error of the API but a fact of the video, in its `error`.
What comes too fast gets 429 from the gateway, as `{"message"}`, whatever the route.
Send an `Idempotency-Key` with whatever makes a video: the same request again then gives the same answer."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    method: str
    path: str  # as in /v1/videos/{video_id}
    name: str
    docstring: str
    documentation: Documentation
    is_public: bool

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)


def operations() -> list[Operation]:
    """Every route of every function's resolver, in the template's order of functions."""
    return [it for folder, public in _functions() for it in _of_function(folder, public=public)]


def document() -> dict[str, Json]:
    found = operations()
    paths: dict[str, dict[str, Json]] = {}
    for it in sorted(found, key=lambda it: (it.path.count("/") == 1, it.path)):
        paths.setdefault(it.path, {})[it.method.lower()] = _described(it)
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
            "schemas": _schemas(found),
        },
    }


def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _functions() -> Iterator[tuple[str, set[str]]]:
    """The folder of each function behind the API, and which of its routes want no token."""
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    for it in template["Resources"].values():
        events = (
            it.get("Properties", {}).get("Events", {}).values() if it["Type"] == "AWS::Serverless::Function" else ()
        )
        said = [event["Properties"] for event in events if event["Type"] == "HttpApi"]
        if said:
            public = {
                f"{event['Method']} {_without_plus(event['Path'])}"
                for event in said
                if event.get("Auth", {}).get("Authorizer") == "NONE" and "Path" in event
            }
            yield Path(it["Properties"]["CodeUri"]).name, public


def _of_function(folder: str, *, public: set[str]) -> Iterator[Operation]:
    app = importlib.import_module(f"functions.{folder}.app").app
    for route in (*app._static_routes, *app._dynamic_routes):  # Powertools shows them no other way
        # Powertools has no name for a parameter with slashes in it.
        path = re.sub(r"<(\w+)>", r"{\1}", route.path.replace(".+", "<file>"))
        yield Operation(
            method=route.method,
            path=path,
            name=route.func.__name__ if route.method != "HEAD" else f"{route.func.__name__}_head",
            docstring=(route.func.__doc__ or "").strip(),
            documentation=route.func.documentation,
            is_public=f"{route.method} {path}" in public,
        )


def _without_plus(path: str) -> str:
    """OpenAPI has no word for a parameter with slashes in it, which the template writes {like+}."""
    return path.replace("+}", "}")


def _described(it: Operation) -> dict[str, Json]:
    said = it.documentation
    described: dict[str, Json] = {
        "operationId": it.name,
        "tags": [_tag(it.path)],
        "summary": it.docstring.rstrip("."),
        "parameters": [*_path_parameters(it), *_query_parameters(said), *_header_parameters(it)],
        "responses": {str(status): response for status, response in sorted(_responses(it).items())},
    }
    if said.body:
        content = {"application/json": {"schema": {"$ref": _REF.format(model=said.body)}}}
        described["requestBody"] = {"required": not said.is_body_optional, "content": content}
    if it.is_public:
        described["security"] = []
    return described


def _tag(path: str) -> str:
    if not path.startswith("/v1/"):
        return "for everybody"
    if path.endswith(("/share", "/stats")):
        return "sharing and counts"
    if path in ("/v1/models", "/v1/templates"):
        return "what can be asked for"
    if path.startswith("/v1/communities"):
        return "community videos" if "/videos" in path else "communities"
    return "videos"


def _path_parameters(it: Operation) -> list[Json]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in it.parameters]


def _query_parameters(said: Documentation) -> list[Json]:
    if not said.query:
        return []
    schema = model(said.query).model_json_schema(by_alias=False)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_title(it)}
        for name, it in schema["properties"].items()
    ]


def _header_parameters(it: Operation) -> list[Json]:
    names = []
    if it.documentation.is_creating:
        names.append(("Idempotency-Key", "1 to 255 visible ASCII characters; the same again makes nothing new"))
    if 304 in it.documentation.answers:
        names.append(("If-None-Match", "An ETag that was given before"))
    return [{"name": name, "in": "header", "description": words, "schema": {"type": "string"}} for name, words in names]


def _responses(it: Operation) -> dict[int, Json]:
    described = {status: _success(it, status, model) for status, model in it.documentation.answers.items()}
    for status in _problems(it):
        kind, model = ("application/problem+json", "Problem")
        if status == 401:
            kind, model = ("application/json", "GatewayMessage")
        content = {kind: {"schema": {"$ref": _REF.format(model=model)}}}
        described[status] = {"description": _REASONS[status], **_with_headers(status), "content": content}
    return described


def _success(it: Operation, status: int, model: str) -> dict[str, Json]:
    # An upload has no address of its own.
    headers = {} if model == "Upload" else _with_headers(status)
    response: dict[str, Json] = {"description": (_SUCCESSES | _REASONS)[status], **headers}
    if 304 in it.documentation.answers:
        response["headers"] = {"ETag": {"schema": {"type": "string"}}, **({} if it.is_public else _RETRY_AFTER)}
    if model.startswith("text/") or "/" in model:
        response["content"] = {model: {"schema": {"type": "object" if model.endswith("/json") else "string"}}}
    elif model and it.method != "HEAD":
        response["content"] = {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}
    return response


def _with_headers(status: int) -> dict[str, Json]:
    return {"headers": _HEADERS[status]} if status in _HEADERS else {}


def _problems(it: Operation) -> list[int]:
    said = it.documentation
    found = {*said.problems}
    if not it.is_public:
        found |= {401, 503}
    if it.parameters:
        found.add(404)
    if said.body:
        found |= {400, 413}
    if said.query:
        found.add(400)
    if said.is_creating:
        found |= {400, 410, 422, 429}
    return sorted(found - said.answers.keys())


def _schemas(found: list[Operation]) -> dict[str, Json]:
    names = {it.documentation.body for it in found} | _FOUND_BY_THE_WAY
    names |= {model for it in found for model in it.documentation.answers.values() if "/" not in model}
    models = [(model(name), "validation") for name in sorted(names - {""})]
    _, schemas = models_json_schema(models, by_alias=False, ref_template=_REF)  # type: ignore[arg-type]
    return {name: _with_other_names(_without_title(it)) for name, it in sorted(schemas["$defs"].items())}


def _with_other_names(schema: dict[str, Json]) -> dict[str, Json]:
    """What an answer calls source_image_url may be sent again under that name."""
    if "source_image" in (properties := schema.get("properties", {})):
        other = {**properties["source_image"], "description": "Another name of source_image, as answers show it"}
        return {**schema, "properties": {**properties, "source_image_url": other}}
    return schema


@lru_cache
def model(name: str) -> type[BaseModel]:
    modules = (requests, video_responses, responses)
    found: type[BaseModel] = next(getattr(module, name) for module in modules if hasattr(module, name))
    return found


def _without_title(schema: Any) -> Any:
    """Pydantic's titles only say the names again."""
    if isinstance(schema, dict):
        return {key: _without_title(it) for key, it in schema.items() if key != "title" or not isinstance(it, str)}
    return [_without_title(it) for it in schema] if isinstance(schema, list) else schema


def main(arguments: Sequence[str]) -> int:
    if "--check" not in arguments:
        FILE.write_text(text(), encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != text():
        print(f"{FILE.name} is not what the handlers say; run `make openapi`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
