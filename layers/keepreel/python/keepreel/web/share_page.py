"""A shared video's page, made on the server: nothing on it tells whose video it is or how it was asked for."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response

from keepreel.db.tables import Video
from keepreel.media import storage

_TITLES = {"intro": "Character intro", "promo": "Promo", "token_reveal": "Token reveal"}
_ANY_TITLE = "A short video"
_DESCRIPTION = "A video made with Keepreel."
_LONGEST_THUMBNAIL_SIDE = 1280  # as `thumbnails` makes them; that module brings a whole video decoder

_PAGES = resources.files("keepreel.web").joinpath("pages")
_SHARED, _NOT_FOUND = (Template(_PAGES.joinpath(name).read_text("utf-8")) for name in ("shared.html", "not_found.html"))
_STYLE, _SCRIPT = (_PAGES.joinpath(name).read_text("utf-8") for name in ("page.css", "copy_link.js"))


def shown(video: Video, *, url: str) -> Response[str]:
    """The page, with what X and Telegram read for their previews."""
    return _answer(200, _SHARED.substitute(_facts(video, url=url), style=_STYLE, script=_SCRIPT))


def not_found() -> Response[str]:
    """The same for a link that never was, was revoked or has expired, and for a video that is gone."""
    return _answer(404, _NOT_FOUND.substitute(style=_STYLE))


def _facts(video: Video, *, url: str) -> dict[str, str]:
    width, height = int(video.width or 1), int(video.height or 1)
    image_width, image_height = _thumbnail_size(width, height)
    title = _TITLES.get(video.type, _ANY_TITLE)
    facts = {
        "title": title,
        "description": _DESCRIPTION,
        "alt": f"{title}: the first frame",
        "url": url,
        "quoted_url": quote(url, safe=""),
        "video": storage.public_url(storage.video_key(video)),
        "width": str(width),
        "height": str(height),
        "shape": "square" if width == height else "wide" if width > height else "tall",
        "image": storage.public_url(storage.thumbnail_key(video)),
        "image_width": str(image_width),
        "image_height": str(image_height),
    }
    return {name: escape(value) for name, value in facts.items()}


def _thumbnail_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1, _LONGEST_THUMBNAIL_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _answer(status: int, body: str) -> Response[str]:
    headers = {
        "Cache-Control": "no-store",  # a revoked link closes at once
        "Content-Security-Policy": _content_security_policy(),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",  # who is linked to from here does not learn the address of the page
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return Response(status_code=status, content_type="text/html; charset=utf-8", body=body, headers=headers)


def _content_security_policy() -> str:
    here = storage.public_base()
    return "; ".join(
        (
            "default-src 'none'",
            f"img-src {here}",
            f"media-src {here}",
            f"style-src '{_STYLE_HASH}'",
            f"script-src '{_SCRIPT_HASH}'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _hash(content: str) -> str:
    """As a Content-Security-Policy names a block that stands in the page itself."""
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


_STYLE_HASH, _SCRIPT_HASH = _hash(_STYLE), _hash(_SCRIPT)
