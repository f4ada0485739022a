"""Generate the OpenAPI document, and check that its TypeScript types are up to date.

`python -m local.tools.openapi` writes functions/web/openapi.json; `--check` compares instead.
"""

import json
import sys
import tomllib
from collections.abc import Sequence

from local.aws.template import Json
from local.paths import ROOT
from local.tools import api_types, openapi_schemas
from local.tools.api_operations import Operation, operations
from local.tools.openapi_operations import TAGS, operation_object
from local.tools.openapi_schemas import model

__all__ = ["FILE", "document", "model", "text"]

FILE = ROOT / "functions/web/openapi.json"
_ERROR_MODELS = {"Problem", "GatewayMessage"}
_INTRODUCTION = """Create AI videos safely, store them permanently and share them.

A video is `queued → processing → saving → completed`, or it becomes `failed` or `canceled`. `delayed` means that it
takes longer than usual and Keepreel keeps polling.
A failed generation is not an API error: the video has the status `failed`, and its `error` says why.
If requests come too fast, the gateway responds with 429 and `{"message"}`, on every route.
Texts need a visible character. They must not contain control characters, except line breaks and tabs, or characters
that hide or reverse text; names and symbols are a single line without invisible characters.
Null is the same as a missing field wherever null is the default.
Send an `Idempotency-Key` with every request that creates a video. A repeated request then returns the same videos."""


def document() -> dict[str, Json]:
    every = operations()
    paths: dict[str, dict[str, Json]] = {}
    for operation in sorted(every, key=lambda it: (it.path.count("/") == 1, it.path)):
        paths.setdefault(operation.path, {})[operation.method.lower()] = operation_object(operation)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    license = {"name": f"{project['license']} license", "identifier": project["license"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Keepreel",
            "version": project["version"],
            "description": _INTRODUCTION,
            "license": license,
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token or ID token of the user pool in `GET /config.json`.",
                }
            },
            "schemas": openapi_schemas.schemas(_model_names(every)),
        },
    }


def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _model_names(every: list[Operation]) -> set[str]:
    names = {operation.documentation.body for operation in every} | _ERROR_MODELS
    for operation in every:
        names |= {model for model in operation.documentation.responses.values() if "/" not in model}
    return names - {""}


def main(arguments: Sequence[str]) -> int:
    current = text()
    if "--check" not in arguments:
        FILE.write_text(current, encoding="utf-8")
        return 0
    if FILE.read_text(encoding="utf-8") != current:
        print(f"{FILE.name} is out of date; run `make openapi`", file=sys.stderr)
        return 1
    if not api_types.is_current(current):
        print(f"{api_types.FILE.name} is out of date; run `make openapi`, which needs npm", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
