"""The share page: HTML for a shared video, rendered on the server. It shows neither the owner nor the prompt."""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template
from urllib.parse import quote

from keepreel.db.tables import Video
from keepreel.media import origins, storage
from keepreel.powertools import Response

_TITLES = {"intro": "Character intro", "promo": "Promo", "token_reveal": "Token reveal"}
_DEFAULT_TITLE = "A short video"
_DESCRIPTION = "An AI-generated video, made with Keepreel."
_MAX_THUMBNAIL_SIDE = 1280  # as in media/thumbnails.py, which is not imported because it loads a video decoder

_PAGES = resources.files("keepreel.web").joinpath("pages")
_SHARED, _NOT_FOUND = (Template(_PAGES.joinpath(name).read_text("utf-8")) for name in ("shared.html", "not_found.html"))
_STYLE, _SCRIPT = (_PAGES.joinpath(name).read_text("utf-8") for name in ("page.css", "copy_link.js"))


def video_page(video: Video, *, url: str) -> Response[str]:
    """Return the page, with the metadata that X and Telegram read for link previews."""
    return _html(200, _SHARED.substitute(_placeholders(video, url=url), style=_STYLE, script=_SCRIPT))


def not_found_page() -> Response[str]:
    """Return the same page for an unknown, revoked or expired link and for a deleted video."""
    return _html(404, _NOT_FOUND.substitute(style=_STYLE))


def _placeholders(video: Video, *, url: str) -> dict[str, str]:
    width, height = int(video.width or 1), int(video.height or 1)
    image_width, image_height = _thumbnail_size(width, height)
    title = _TITLES.get(video.type, _DEFAULT_TITLE)
    values = {
        "title": title,
        "description": _DESCRIPTION,
        "alt": f"First frame of the video: {title}",
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
    escaped = {name: escape(value) for name, value in values.items()}
    return {**escaped, "structured_data": _structured_data(video, values)}


def _structured_data(video: Video, values: dict[str, str]) -> str:
    """Return the video as schema.org JSON-LD, which tells search engines and other readers that it is AI-generated."""
    data = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": values["title"],
        "description": values["description"],
        "contentUrl": values["video"],
        "thumbnailUrl": values["image"],
        "duration": f"PT{int(video.duration_seconds)}S",
        "uploadDate": (video.completed_at or video.created_at).isoformat(timespec="seconds"),
        "digitalSourceType": "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
        "additionalType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    }
    return json.dumps(data).replace("<", "\\u003c")  # "</script>" would end the block


def _thumbnail_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1, _MAX_THUMBNAIL_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _html(status: int, body: str) -> Response[str]:
    headers = {
        "Cache-Control": "no-store",  # so that revoking a link takes effect at once
        "Content-Security-Policy": _content_security_policy(),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",  # linked sites do not learn the page's URL
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return Response(status_code=status, content_type="text/html; charset=utf-8", body=body, headers=headers)


def _content_security_policy() -> str:
    media_host = origins.public()
    return "; ".join(
        (
            "default-src 'none'",
            f"img-src {media_host}",
            f"media-src {media_host}",
            f"style-src '{_STYLE_HASH}'",
            f"script-src '{_SCRIPT_HASH}'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _hash(content: str) -> str:
    """Return the hash by which a Content-Security-Policy allows an inline block."""
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


_STYLE_HASH, _SCRIPT_HASH = _hash(_STYLE), _hash(_SCRIPT)
