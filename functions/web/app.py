"""What the API is, for people and programs; and an answer for every address at which there is nothing."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, etags
from keepreel.documented import documented
from keepreel.errors import NotFound

app = api.resolver()

_HERE = Path(__file__).parent
# Powertools carries it for a page of its own, which would ask another host for nothing either, but has inline scripts.
# Found by its path: the package itself would bring pydantic into every cold start.
_SWAGGER_UI = resources.files("aws_lambda_powertools") / "event_handler/openapi/swagger_ui"

# The styles that Swagger UI sets as it goes cannot be named beforehand.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, kw_only=True)
class File:
    content_type: str
    source: Any  # what read_text() reads

    @lru_cache(maxsize=8)  # noqa: B019  # the files below, which live as long as the function does
    def content(self) -> tuple[str, str]:
        """The text and its tag."""
        text = self.source.read_text(encoding="utf-8")
        return text, f'W/"{sha256(text.encode()).hexdigest()[:32]}"'  # weak: packed or not


_FILES = {
    "openapi.json": File(content_type="application/json", source=_HERE / "openapi.json"),
    "docs": File(content_type="text/html; charset=utf-8", source=_HERE / "docs.html"),
    "docs.js": File(content_type="text/javascript; charset=utf-8", source=_HERE / "docs.js"),
    "swagger-ui.js": File(
        content_type="text/javascript; charset=utf-8", source=_SWAGGER_UI / "swagger-ui-bundle.min.js"
    ),
    "swagger-ui.css": File(content_type="text/css; charset=utf-8", source=_SWAGGER_UI / "swagger-ui.min.css"),
}
_DOCS_ASSETS = ("docs.js", "swagger-ui.js", "swagger-ui.css")


@app.get("/openapi.json", compress=True)
@documented(answers={200: "application/json", 304: ""})
def openapi() -> Response[str]:
    """This document."""
    return _served("openapi.json")


@app.get("/docs", compress=True)
@documented(answers={200: "text/html", 304: ""})
def docs() -> Response[str]:
    """The document as a page on which it can be tried."""
    return _served("docs")


@app.get("/docs/<asset>", compress=True)
@documented(answers={200: "text/javascript", 304: ""})
def docs_asset(asset: str) -> Response[str]:
    """What that page is made of."""
    if asset not in _DOCS_ASSETS:
        raise NotFound("There is nothing at this address.")
    return _served(asset)


def _served(name: str) -> Response[str]:
    """A file, or only that it has not changed."""
    text, etag = _FILES[name].content()
    headers = {
        "ETag": etag,
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if etags.match(etag, if_none_match=app.current_event.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    return Response(status_code=200, content_type=_FILES[name].content_type, body=text, headers=headers)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
