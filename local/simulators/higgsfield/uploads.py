"""Higgsfield's storage for source files: an upload URL that is valid for an hour, and a public URL."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import Lock
from typing import Any
from uuid import uuid4

from local.simulators.core.server import Request, Response, response
from local.simulators.higgsfield.auth import HEADERS as CREDENTIAL_HEADERS
from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.fields import Field

PREFIX = "/storage/"
_URL_TTL_SECONDS = 3600
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "video/mp4": "mp4",
}
_CONTENT_TYPE = Field(type="choice", required=True, values=tuple(_EXTENSIONS))


@dataclass(kw_only=True)
class _Upload:
    signature: str = field(repr=False)
    headers: Mapping[str, str]
    expires_at: float
    file: bytes | None = field(default=None, repr=False)


class Uploads:
    def __init__(self, base_url: str) -> None:
        self._base_url = base_url + PREFIX
        self._lock = Lock()
        self._uploads: dict[str, _Upload] = {}

    def create(self, body: dict[str, Any], *, now: float) -> dict[str, object]:
        """Return a new upload as the API responds. Raises ApiError 422 for an unsupported type."""
        if problems := _CONTENT_TYPE.problems("content_type", body):
            raise ApiError(422, problems)
        content_type: str = body["content_type"]
        name, signature = f"{uuid4()}.{_EXTENSIONS[content_type]}", secrets.token_hex(32)
        headers = {"Content-Type": content_type, "x-amz-tagging": "retention=temporary"}
        with self._lock:
            self._uploads[name] = _Upload(signature=signature, headers=headers, expires_at=now + _URL_TTL_SECONDS)
        return {
            "public_url": self._base_url + name,
            "upload_url": f"{self._base_url}{name}?signature={signature}",
            "content_type": content_type,
            "upload_headers": headers,
        }

    def put(self, request: Request, name: str, *, now: float, require_all_headers: bool) -> Response:
        """Store the file. The signed URL must be the only credential: API credentials in the headers are an error.

        The vendor's documentation demands all `upload_headers`, but its own JavaScript client sends only the type.
        """
        if any(header in request.headers for header in CREDENTIAL_HEADERS):
            raise ApiError(400, "Only one auth mechanism allowed")
        upload, signature = self._uploads.get(name), request.query.get("signature", "")
        if upload is None or not compare_digest(upload.signature.encode(), signature.encode()):
            raise ApiError(403, "Signature does not match")
        if now >= upload.expires_at:
            raise ApiError(403, "Request has expired")
        needed = upload.headers if require_all_headers else {"Content-Type": upload.headers["Content-Type"]}
        if any(request.headers.get(header.lower()) != value for header, value in needed.items()):
            raise ApiError(403, f"Signature does not match: {' and '.join(needed)} must be sent as offered")
        upload.file = request.body
        return Response(headers={"Content-Length": "0"})

    def get(self, name: str) -> Response:
        upload = self._uploads.get(name)
        if upload is None or upload.file is None:
            raise ApiError(404)
        return response(upload.file, content_type=upload.headers["Content-Type"])

    def hosts(self, url: str) -> bool:
        return url.startswith(self._base_url)

    def file(self, url: str) -> bytes | None:
        """Return the file that was uploaded for this public URL."""
        upload = self._uploads.get(url.removeprefix(self._base_url))
        return upload.file if upload else None

    def clear(self) -> None:
        with self._lock:
            self._uploads.clear()
