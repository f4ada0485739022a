"""Unknown paths: redirects from a path that ends with a slash, and whether the visitor is a browser."""

import re

_PAGE_WITH_SLASH = re.compile(r"(/docs|/s/[A-Za-z0-9_-]+)/+")


def without_slash(path: str) -> str | None:
    """Return the path of a page if only slashes follow it, else None. The result is always a path of our own."""
    found = _PAGE_WITH_SLASH.fullmatch(path)
    return found[1] if found else None


def is_page_request(*, method: str, path: str, accept: str | None) -> bool:
    """Return whether a browser asks for a page. A path of the API is not a page, whatever its client accepts."""
    is_api = path == "/v1" or path.startswith("/v1/")
    return method in ("GET", "HEAD") and not is_api and _prefers_html(accept or "")


def _prefers_html(accept: str) -> bool:
    """Return whether HTML is named in the header (RFC 9110) and not ranked below JSON. `*/*` alone is no browser."""
    ranks = dict(map(_ranked, accept.split(",")))
    html, json = ranks.get("text/html", 0), max(ranks.get(f"application/{it}", 0) for it in ("json", "problem+json"))
    return html > 0 and html >= json


def _ranked(item: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in item.split(";"))
    rank = next((it.removeprefix("q=") for it in parameters if it.startswith("q=")), "1")
    return name, float(rank) if re.fullmatch(r"[01](\.\d{0,3})?", rank) else 0
