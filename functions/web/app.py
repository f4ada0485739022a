"""The page, what the API is, and an answer for every address at which there is nothing."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.api import etags, http
from keepreel.api.openapi import documented
from keepreel.errors import NotFound
from keepreel.settings import cognito_url, settings
from keepreel.web import content_security_policy, static_files
from keepreel.web.static_files import File, Folder

app = http.resolver()

_HERE = Path(__file__).parent
_PAGE = Folder.read(_HERE / "static")
_FOR_EVER = "public, max-age=31536000, immutable"

# Powertools carries it for a page of its own, which would ask another host for nothing either, but has inline scripts.
# Found by its path: the package itself would bring pydantic into every cold start.
_SWAGGER_UI = resources.files("aws_lambda_powertools") / "event_handler/openapi/swagger_ui"
_DOCS: dict[str, static_files.Source] = {
    "openapi.json": _HERE / "openapi.json",
    "docs.html": _HERE / "docs.html",
    "docs.js": _HERE / "docs.js",
    "swagger-ui.js": _SWAGGER_UI / "swagger-ui-bundle.min.js",
    "swagger-ui.css": _SWAGGER_UI / "swagger-ui.min.css",
}
_DOCS_ASSETS = ("docs.js", "swagger-ui.js", "swagger-ui.css")
# The styles that Swagger UI sets as it goes cannot be named beforehand.
_DOCS_POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


@app.get("/", compress=True)
@documented(answers={200: "text/html", 304: ""}, problems=(503,))
def page() -> Response[str]:
    """The page to make videos on."""
    return _page_file("index.html")


@app.get("/static/.+", compress=True)  # <file> would end at a slash
@documented(answers={200: "text/javascript", 304: ""}, problems=(503,))
def static_file() -> Response[str]:
    """What the page is made of, and other pages may embed; under the present version for good."""
    return _page_file(app.current_event.path.removeprefix("/static/"))


@app.get("/config.json")
@documented(answers={200: "Config"})
def config() -> Response[str]:
    """What a page needs to sign somebody in."""
    known = settings()
    content = {
        "cognito_url": cognito_url(),
        "user_pool_client_id": known.user_pool_client_id,
        "is_sign_up_open": known.self_sign_up,
        "demo_user": known.demo_user and asdict(known.demo_user),
    }
    return http.answer(200, content, Cache_Control="no-cache")


@app.get("/openapi.json", compress=True)
@documented(answers={200: "application/json", 304: ""})
def openapi() -> Response[str]:
    """This document."""
    return _docs_file("openapi.json")


@app.get("/docs", compress=True)
@documented(answers={200: "text/html", 304: ""})
def docs() -> Response[str]:
    """The document as a page on which it can be tried."""
    return _docs_file("docs.html")


@app.get("/docs/<asset>", compress=True)
@documented(answers={200: "text/javascript", 304: ""})
def docs_asset(asset: str) -> Response[str]:
    """What that page is made of."""
    if asset not in _DOCS_ASSETS:
        raise NotFound("There is nothing at this address.")
    return _docs_file(asset)


def _page_file(address: str) -> Response[str]:
    file, is_final = _PAGE.find(address)
    policy = content_security_policy.headers() if file.is_html else {}
    return _served(file, cache_control=_FOR_EVER if is_final else "no-cache", headers=policy)


def _docs_file(name: str) -> Response[str]:
    return _served(_read(name), cache_control="public, max-age=300", headers=_DOCS_POLICY)


@lru_cache(maxsize=8)  # not all at once when the function wakes: Swagger UI is large
def _read(name: str) -> File:
    return static_files.read(_DOCS[name])


def _served(file: File, *, cache_control: str, headers: Mapping[str, str]) -> Response[str]:
    """A file, or only that it has not changed, and neither have the headers that a browser keeps with it."""
    etag = etags.of_text(file.text, *headers.values())
    sent = {
        **headers,
        "ETag": etag,
        "Cache-Control": cache_control,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if etags.match(etag, if_none_match=app.current_event.headers.get("if-none-match")):
        return Response(status_code=304, headers=sent)
    return Response(status_code=200, content_type=file.content_type, body=file.text, headers=sent)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
