"""The HTTP API of the template: routes with authorizers, CORS and throttling."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from local.aws.resources import Resources
from local.aws.template import Json, Resource, Template, TemplateError


@dataclass(frozen=True, kw_only=True)
class JwtRules:
    """One JWT authorizer of the API."""

    issuer: str
    audience: tuple[str, ...]
    header: str  # in lower case


@dataclass(frozen=True, kw_only=True)
class Route:
    method: str  # or ANY
    path: str  # as in /v1/videos/{video_id}, or $default
    function: str  # logical id
    authorizer: str | None

    @property
    def key(self) -> str:
        return self.path if self.path == "$default" else f"{self.method} {self.path}"

    def match(self, path: str) -> dict[str, str] | None:
        """Return the decoded path parameters, or None if the path does not match."""
        found = self._pattern.fullmatch(path)
        return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}

    @cached_property
    def rank(self) -> tuple[object, ...]:
        """Sort key, most specific first: literals, parameters, greedy parameters; then a method before ANY."""
        kinds = [2 if "+}" in part else 1 if "{" in part else 0 for part in self.path.split("/")]
        return (self.path == "$default", kinds, self.method == "ANY")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        if self.path == "$default":
            return re.compile(".*")
        parts = re.split(r"\{(\w+)(\+?)\}", self.path)
        text = re.escape(parts[0])
        for name, greedy, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            text += f"(?P<{name}>{'.+' if greedy else '[^/]+'})" + re.escape(literal)
        return re.compile(text)


@dataclass(frozen=True, kw_only=True)
class Cors:
    """CORS headers that the gateway adds. Without origins, no other origin is allowed."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age_seconds: int | None = None
    credentials: bool = False

    def for_response(self, origin: str | None) -> dict[str, str]:
        if origin is None or not self._allows(origin):
            return {}
        any_origin = "*" in self.origins and not self.credentials
        return _present(
            {
                "access-control-allow-origin": "*" if any_origin else origin,
                "access-control-allow-credentials": "true" if self.credentials else "",
                "access-control-expose-headers": ",".join(self.exposed),
                "vary": "" if any_origin else "origin",
            }
        )

    def for_preflight(self, origin: str | None) -> dict[str, str]:
        if not (headers := self.for_response(origin)):
            return {}
        further = {
            "access-control-allow-methods": ",".join(self.methods),
            "access-control-allow-headers": ",".join(self.headers),
            "access-control-max-age": "" if self.max_age_seconds is None else str(self.max_age_seconds),
        }
        return headers | _present(further)

    def _allows(self, origin: str) -> bool:
        patterns = (re.escape(it).replace(r"\*", "[^/]*") for it in self.origins)
        return any(re.fullmatch(pattern, origin) for pattern in patterns)


@dataclass(frozen=True, kw_only=True)
class Throttle:
    burst: int
    per_second: float


@dataclass(frozen=True, kw_only=True)
class Api:
    id: str
    routes: tuple[Route, ...]
    authorizers: Mapping[str, JwtRules]
    cors: Cors
    default_throttle: Throttle | None
    throttles: Mapping[str, Throttle]  # by route key

    def route(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the most specific route for a request, with its path parameters."""
        for it in sorted(self.routes, key=lambda route: route.rank):
            if it.method in {method, "ANY"} and (parameters := it.match(path)) is not None:
                return it, parameters
        return None


def api(template: Template, resources: Resources) -> Api:
    """Return the only HTTP API of the template. Raises TemplateError."""
    resource = _only(list(template.of_type("AWS::Serverless::HttpApi")))
    names = ("Auth", "CorsConfiguration", "DefaultRouteSettings", "RouteSettings")
    properties = resources.resolve({key: resource.properties[key] for key in names if key in resource.properties})
    authorizers = {name: _jwt_rules(name, it) for name, it in properties.get("Auth", {}).get("Authorizers", {}).items()}
    default = properties.get("Auth", {}).get("DefaultAuthorizer")
    functions = template.of_type("AWS::Serverless::Function")
    return Api(
        id=str(resources.attribute(resource.logical_id, "Ref")),
        routes=tuple(route for it in functions for route in _routes(it, authorizers=authorizers, default=default)),
        authorizers=authorizers,
        cors=_cors(properties.get("CorsConfiguration", {})),
        default_throttle=_throttle(properties.get("DefaultRouteSettings")),
        throttles={
            key: it for key, settings in properties.get("RouteSettings", {}).items() if (it := _throttle(settings))
        },
    )


def _only(resources: list[Resource]) -> Resource:
    if len(resources) != 1:
        raise TemplateError(f"the local stack needs exactly one AWS::Serverless::HttpApi, not {len(resources)}")
    return resources[0]


def _routes(function: Resource, *, authorizers: Mapping[str, JwtRules], default: str | None) -> Iterable[Route]:
    for name, event in function.properties.get("Events", {}).items():
        if event["Type"] != "HttpApi":
            continue
        properties = event["Properties"]
        authorizer = properties.get("Auth", {}).get("Authorizer", default)
        if authorizer not in {None, "NONE", *authorizers}:
            raise TemplateError(f"{function.logical_id}.{name}: unknown authorizer {authorizer}")
        if unknown := properties.get("Auth", {}).keys() - {"Authorizer"}:
            raise TemplateError(
                f"{function.logical_id}.{name}: the local gateway does not support {sorted(unknown)} in Auth"
            )
        yield Route(
            method=properties.get("Method", "ANY").upper(),
            path=properties.get("Path", "$default"),  # in SAM, an event without a path is the default route
            function=function.logical_id,
            authorizer=None if authorizer == "NONE" else authorizer,
        )


def _jwt_rules(name: str, properties: dict[str, Json]) -> JwtRules:
    source = properties.get("IdentitySource", "$request.header.Authorization")
    if "JwtConfiguration" not in properties or not source.startswith("$request.header."):
        raise TemplateError(f"{name}: the local gateway supports only JWT authorizers that read a header")
    rules = {key.lower(): value for key, value in properties["JwtConfiguration"].items()}
    header = source.removeprefix("$request.header.").lower()
    return JwtRules(issuer=rules["issuer"], audience=tuple(rules["audience"]), header=header)


def _cors(properties: dict[str, Json]) -> Cors:
    return Cors(
        origins=tuple(properties.get("AllowOrigins", ())),
        methods=tuple(properties.get("AllowMethods", ())),
        headers=tuple(properties.get("AllowHeaders", ())),
        exposed=tuple(properties.get("ExposeHeaders", ())),
        max_age_seconds=properties.get("MaxAge"),
        credentials=bool(properties.get("AllowCredentials", False)),
    )


def _throttle(properties: dict[str, Json] | None) -> Throttle | None:
    if not properties or "ThrottlingRateLimit" not in properties:
        return None
    return Throttle(burst=int(properties["ThrottlingBurstLimit"]), per_second=float(properties["ThrottlingRateLimit"]))


def _present(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value}
