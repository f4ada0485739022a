"""What the template says of its HTTP API: routes with their authorizers, CORS, throttling."""

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
        """The path's parameters, decoded, or None where the route is another one's."""
        found = self._pattern.fullmatch(path)
        return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}

    @cached_property
    def rank(self) -> tuple[object, ...]:
        """Smaller is more specific: literal parts before parameters, those before a greedy one, a method before ANY."""
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
    """As the gateway answers for the functions; nothing in it means that no other origin may call."""

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
        if not (answer := self.for_response(origin)):
            return {}
        further = {
            "access-control-allow-methods": ",".join(self.methods),
            "access-control-allow-headers": ",".join(self.headers),
            "access-control-max-age": "" if self.max_age_seconds is None else str(self.max_age_seconds),
        }
        return answer | _present(further)

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
        """The most specific route for this request, with its path's parameters."""
        for it in sorted(self.routes, key=lambda route: route.rank):
            if it.method in {method, "ANY"} and (parameters := it.match(path)) is not None:
                return it, parameters
        return None


def api(template: Template, resources: Resources) -> Api:
    """The template's one HTTP API."""
    resource = _only(list(template.of_type("AWS::Serverless::HttpApi")))
    wanted = ("Auth", "CorsConfiguration", "DefaultRouteSettings", "RouteSettings")
    said = resources.resolve({key: resource.properties[key] for key in wanted if key in resource.properties})
    authorizers = {name: _jwt_rules(name, it) for name, it in said.get("Auth", {}).get("Authorizers", {}).items()}
    default = said.get("Auth", {}).get("DefaultAuthorizer")
    functions = template.of_type("AWS::Serverless::Function")
    return Api(
        id=str(resources.attribute(resource.logical_id, "Ref")),
        routes=tuple(route for it in functions for route in _routes(it, authorizers=authorizers, default=default)),
        authorizers=authorizers,
        cors=_cors(said.get("CorsConfiguration", {})),
        default_throttle=_throttle(said.get("DefaultRouteSettings")),
        throttles={
            key: it for key, said_of_it in said.get("RouteSettings", {}).items() if (it := _throttle(said_of_it))
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
        said = event["Properties"]
        authorizer = said.get("Auth", {}).get("Authorizer", default)
        if authorizer not in {None, "NONE", *authorizers}:
            raise TemplateError(f"{function.logical_id}.{name}: there is no authorizer {authorizer}")
        if unknown := said.get("Auth", {}).keys() - {"Authorizer"}:
            raise TemplateError(
                f"{function.logical_id}.{name}: the local gateway does not know Auth's {sorted(unknown)}"
            )
        yield Route(
            method=said.get("Method", "ANY").upper(),
            path=said.get("Path", "$default"),  # SAM's way to say: whatever no other route takes
            function=function.logical_id,
            authorizer=None if authorizer == "NONE" else authorizer,
        )


def _jwt_rules(name: str, said: dict[str, Json]) -> JwtRules:
    source = said.get("IdentitySource", "$request.header.Authorization")
    if "JwtConfiguration" not in said or not source.startswith("$request.header."):
        raise TemplateError(f"the local gateway knows JWT authorizers that read a header; {name} is another kind")
    rules = {key.lower(): value for key, value in said["JwtConfiguration"].items()}
    header = source.removeprefix("$request.header.").lower()
    return JwtRules(issuer=rules["issuer"], audience=tuple(rules["audience"]), header=header)


def _cors(said: dict[str, Json]) -> Cors:
    return Cors(
        origins=tuple(said.get("AllowOrigins", ())),
        methods=tuple(said.get("AllowMethods", ())),
        headers=tuple(said.get("AllowHeaders", ())),
        exposed=tuple(said.get("ExposeHeaders", ())),
        max_age_seconds=said.get("MaxAge"),
        credentials=bool(said.get("AllowCredentials", False)),
    )


def _throttle(said: dict[str, Json] | None) -> Throttle | None:
    if not said or "ThrottlingRateLimit" not in said:
        return None
    return Throttle(burst=int(said["ThrottlingBurstLimit"]), per_second=float(said["ThrottlingRateLimit"]))


def _present(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value}
