"""The page and its static files, the API documentation, and 404 for every unknown path."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import etags, http
from keepreel.api.openapi import documented
from keepreel.errors import NotFound
from keepreel.powertools import NotFoundError, Response
from keepreel.settings import cognito_url, settings
from keepreel.web import content_security_policy, static_files, unknown_paths
from keepreel.web.static_files import File, Folder

app = http.resolver()

_HERE = Path(__file__).parent
_PAGE = Folder.read(_HERE / "static")

# Powertools bundles Swagger UI for its own documentation page, which cannot be used here because it has inline scripts.
# The files are found by path: an import of that package would load pydantic at every cold start.
_SWAGGER_UI = resources.files("aws_lambda_powertools") / "event_handler/openapi/swagger_ui"
_DOCS: dict[str, static_files.Source] = {
    "openapi.json": _HERE / "openapi.json",
    "docs.html": _HERE / "docs.html",
    "docs.js": _HERE / "docs.js",
    "swagger-ui.js": _SWAGGER_UI / "swagger-ui-bundle.min.js",
    "swagger-ui.css": _SWAGGER_UI / "swagger-ui.min.css",
}
_DOCS_ASSETS = ("docs.js", "swagger-ui.js", "swagger-ui.css")
# Swagger UI sets inline styles at run time, so they cannot be allowed by hash.
_DOCS_POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


@app.get("/", compress=True)
@documented(responses={200: "text/html", 304: ""})
def get_page() -> Response[str]:
    """Get the web page. It is the only page; its views are in the fragment of the URL."""
    return _page_file("index.html")


@app.get("/static/.+", compress=True)  # a <file> parameter would not match slashes
@documented(responses={200: "text/javascript", 304: ""})
def get_static_file() -> Response[str]:
    """Get a static file of the page. With the present version in its path it is immutable."""
    return _page_file(app.current_event.path.removeprefix("/static/"))


@app.get("/config.json")
@documented(responses={200: "Config"})
def get_config() -> Response[str]:
    """Get the public settings that a page needs to sign a user in. None of them is secret."""
    public = settings()
    content = {
        "cognito_url": cognito_url(),
        "user_pool_client_id": public.user_pool_client_id,
        "is_sign_up_open": public.self_sign_up,
        "demo_user": public.demo_user and asdict(public.demo_user),
    }
    return http.json_response(200, content, Cache_Control="no-cache")


@app.get("/openapi.json", compress=True)
@documented(responses={200: "application/json", 304: ""})
def get_openapi() -> Response[str]:
    """Get this OpenAPI document. TypeScript types of it are at `/static/api-types.d.ts`."""
    return _docs_file("openapi.json")


@app.get("/docs", compress=True)
@documented(responses={200: "text/html", 304: ""})
def get_docs() -> Response[str]:
    """Get this document as a page with Swagger UI. Requests can be sent from it."""
    return _docs_file("docs.html")


@app.get("/docs/<asset>", compress=True)
@documented(responses={200: "text/javascript", 304: ""})
def get_docs_asset(asset: str) -> Response[str]:
    """Get a script or stylesheet of the documentation page. They come from this server, so the page works offline."""
    if asset not in _DOCS_ASSETS:
        raise NotFound("There is nothing at this address.")
    return _docs_file(asset)


def not_found(_error: NotFound | NotFoundError) -> Response[str]:
    """Return 404: a page to browsers, a problem to programs. A page's path with a slash at its end is redirected."""
    event = app.current_event
    if target := unknown_paths.without_slash(event.path):
        return Response(status_code=301, headers={"Location": target, "Cache-Control": "no-store"})
    is_page = unknown_paths.is_page_request(
        method=event.http_method, path=event.path, accept=event.headers.get("accept")
    )
    return _not_found_page() if is_page else http.problem(app, NotFound("There is nothing at this address."))


def _not_found_page() -> Response[str]:
    headers = content_security_policy.headers()
    file, _ = _PAGE.find("not-found.html")
    own = {"Cache-Control": "no-store", "Vary": "Accept", "X-Content-Type-Options": "nosniff"}
    return Response(status_code=404, content_type=file.content_type, body=file.text, headers={**headers, **own})


app.exception_handler([NotFound, NotFoundError])(not_found)


def _page_file(path: str) -> Response[str]:
    file, cache_control = _PAGE.find(path)
    headers = content_security_policy.headers() if file.is_html else {}
    return _file_response(file, cache_control=cache_control, headers=headers)


def _docs_file(name: str) -> Response[str]:
    return _file_response(_read(name), cache_control="public, max-age=300", headers=_DOCS_POLICY)


@lru_cache(maxsize=8)  # not read at cold start, because Swagger UI is large
def _read(name: str) -> File:
    return static_files.read(_DOCS[name])


def _file_response(file: File, *, cache_control: str, headers: Mapping[str, str]) -> Response[str]:
    """Return the file, or 304 if neither the file nor the headers that a browser stores with it have changed."""
    etag = etags.for_text(file.text, *headers.values())
    response_headers = {
        **headers,
        "ETag": etag,
        "Cache-Control": cache_control,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if etags.matches(etag, if_none_match=app.current_event.headers.get("if-none-match")):
        return Response(status_code=304, headers=response_headers)
    return Response(status_code=200, content_type=file.content_type, body=file.text, headers=response_headers)


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
