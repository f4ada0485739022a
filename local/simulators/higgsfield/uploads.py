"""Higgsfield's own place for source files: a URL to put one to, within the hour, and a public one to read it from."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import Lock
from uuid import uuid4

from local.simulators.core.server import Reply, Request, reply
from local.simulators.higgsfield.auth import HEADERS as CREDENTIALS
from local.simulators.higgsfield.codes import Refusal, problem

PREFIX = "/storage/"
_SECONDS = 3600  # in which the file must be put
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "video/mp4": "mp4",
}


@dataclass(kw_only=True)
class _Place:
    signature: str = field(repr=False)
    headers: Mapping[str, str]
    closes_at: float
    file: bytes | None = field(default=None, repr=False)


class Uploads:
    def __init__(self, base_url: str) -> None:
        self._base_url = base_url + PREFIX
        self._lock = Lock()
        self._places: dict[str, _Place] = {}

    def offer(self, content_type: object, *, now: float) -> dict[str, object]:
        """A new place, as the provider tells it. Raises Refusal 422 for a type that it does not take."""
        if not isinstance(content_type, str) or content_type not in _ENDINGS:
            words = f"Input should be {', '.join(_ENDINGS)}"
            raise Refusal(422, [problem("content_type", type="literal_error", msg=words)])
        name, signature = f"{uuid4()}.{_ENDINGS[content_type]}", secrets.token_hex(32)
        # The second header is for nothing but that it must be sent, too.
        headers = {"Content-Type": content_type, "x-upload-tagging": "source=api"}
        with self._lock:
            self._places[name] = _Place(signature=signature, headers=headers, closes_at=now + _SECONDS)
        return {
            "public_url": self._base_url + name,
            "upload_url": f"{self._base_url}{name}?signature={signature}",
            "content_type": content_type,
            "upload_headers": headers,
        }

    def put(self, request: Request, name: str, *, now: float) -> Reply:
        """Takes the file from a bearer of the URL alone: one who shows the API's credentials as well is refused."""
        if any(header in request.headers for header in CREDENTIALS):
            raise Refusal(400, "Only one auth mechanism allowed")
        place, signature = self._places.get(name), request.query.get("signature", "")
        if place is None or not compare_digest(place.signature.encode(), signature.encode()):
            raise Refusal(403, "Signature does not match")
        if now >= place.closes_at:
            raise Refusal(403, "Request has expired")
        if any(request.headers.get(header.lower()) != value for header, value in place.headers.items()):
            raise Refusal(403, "Signature does not match: all upload_headers are needed")
        place.file = request.body
        return Reply(headers={"Content-Length": "0"})

    def get(self, name: str) -> Reply:
        place = self._places.get(name)
        if place is None or place.file is None:
            raise Refusal(404)
        return reply(place.file, content_type=place.headers["Content-Type"])

    def is_own(self, url: str) -> bool:
        return url.startswith(self._base_url)

    def file(self, url: str) -> bytes | None:
        """What was put behind this public URL."""
        place = self._places.get(url.removeprefix(self._base_url))
        return place.file if place else None

    def forget(self) -> None:
        with self._lock:
            self._places.clear()
