"""Read the API's operations from the handlers' routes and metadata, and from the template."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from keepreel.api.openapi import Documentation
from local.aws.template import parsed
from local.paths import ROOT

COMMUNITY_PATH = "/v1/communities/{community_id}/"


@dataclass(frozen=True, kw_only=True)
class Operation:
    method: str
    path: str  # as in /v1/videos/{video_id}
    handler: str  # the handler's name, such as get_video
    docstring: str
    documentation: Documentation
    is_public: bool

    @property
    def id(self) -> str:
        """Return the operationId: the handler's name with the owner from the path, such as listCommunityVideos."""
        verb, *words = self.handler.split("_")
        owner = ["community"] if self.path.startswith(COMMUNITY_PATH) else []
        suffix = ["head"] if self.method == "HEAD" else []
        return verb + "".join(word.capitalize() for word in (*owner, *words, *suffix))

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)


def operations() -> list[Operation]:
    """Return every route of every function behind the API, in the template's order of functions."""
    return [operation for folder, public in _functions() for operation in _of_function(folder, public=public)]


@cache
def _functions() -> list[tuple[str, set[str]]]:
    return list(_read_functions())


def _read_functions() -> Iterator[tuple[str, set[str]]]:
    """Yield the folder of each function behind the API, and its routes that need no token."""
    template = parsed(ROOT / "template.yaml")
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        events = resource.get("Properties", {}).get("Events", {}).values()
        routes = [event["Properties"] for event in events if event["Type"] == "HttpApi"]
        if routes:
            public = {
                f"{route['Method']} {_without_plus(route['Path'])}"
                for route in routes
                if route.get("Auth", {}).get("Authorizer") == "NONE" and "Path" in route
            }
            yield Path(resource["Properties"]["CodeUri"]).name, public


def _of_function(folder: str, *, public: set[str]) -> Iterator[Operation]:
    app = importlib.import_module(f"functions.{folder}.app").app
    for route in (*app._static_routes, *app._dynamic_routes):  # Powertools has no public list of its routes
        # Powertools has no syntax for a parameter that contains slashes.
        path = re.sub(r"<(\w+)>", r"{\1}", route.path.replace(".+", "<file>"))
        yield Operation(
            method=route.method,
            path=path,
            handler=route.func.__name__,
            docstring=(route.func.__doc__ or "").strip(),
            documentation=route.func.documentation,
            is_public=f"{route.method} {path}" in public,
        )


def _without_plus(path: str) -> str:
    """Return the path without the template's `{file+}`, because OpenAPI has no parameter that contains slashes."""
    return path.replace("+}", "}")
