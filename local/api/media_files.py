"""Serve /media/ from the bucket in place of the CDN: ranges, HEAD, revalidation, and no other keys."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.exceptions import ClientError

from local.api.proxy_events import HttpRequest, HttpResponse

PREFIX = "/media/"

_SAFE_KEY = re.compile(r"media(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK_BYTES = 256 * 1024

# As in the template's MediaHeaders policy. Cache-Control is stored with each object.
_POLICY = (
    ("x-content-type-options", "nosniff"),
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "accept-ranges, content-length, content-range, etag"),
)
_DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


class _RangeNotSatisfiable(Exception):
    pass


class MediaFiles:
    """Public read access to the bucket's media/ folder."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._s3 = boto3.client("s3")

    def respond(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return _error(403)
        key = unquote(request.raw_path).removeprefix("/")
        # Reject all other keys before the request to S3, because an HTTP client would resolve a ".." in the path.
        if not _SAFE_KEY.fullmatch(key) or (found := self._head(key)) is None:
            return _error(403)
        return self._object(key, found=found, request=request)

    def _head(self, key: str) -> dict[str, Any] | None:
        try:
            return dict(self._s3.head_object(Bucket=self._bucket, Key=key))
        except ClientError:
            return None

    def _object(self, key: str, *, found: dict[str, Any], request: HttpRequest) -> HttpResponse:
        headers = [("etag", found["ETag"]), ("accept-ranges", "bytes"), *_POLICY]
        if "CacheControl" in found:
            headers.append(("cache-control", found["CacheControl"]))
        if _matches(request.headers.get("if-none-match", ""), etag=found["ETag"]):
            return HttpResponse(status=304, headers=headers)
        size = int(found["ContentLength"])
        headers.append(("content-type", found["ContentType"]))
        try:
            part = _range(request, size=size, etag=found["ETag"])
        except _RangeNotSatisfiable:
            return _error(416, headers=[("content-range", f"bytes */{size}")])
        first, last = part or (0, size - 1)
        headers.append(("content-length", str(last - first + 1)))
        if part:
            headers.append(("content-range", f"bytes {first}-{last}/{size}"))
        body = b"" if request.method == "HEAD" or not size else self._bytes(key, first=first, last=last)
        return HttpResponse(status=206 if part else 200, headers=headers, body=body)

    def _bytes(self, key: str, *, first: int, last: int) -> Iterator[bytes]:
        body = self._s3.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={first}-{last}")["Body"]
        with body:
            yield from body.iter_chunks(_CHUNK_BYTES)


def _range(request: HttpRequest, *, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first and last byte, or None for the whole file: like S3, also for several or invalid ranges."""
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    if not match or not (match[1] or match[2]) or (condition and condition != etag):
        return None
    if not match[1]:
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
        if match[2] and int(match[2]) < first:
            return None
    if first > last:
        raise _RangeNotSatisfiable
    return first, last


def _matches(header: str, *, etag: str) -> bool:
    tags = {it.strip().removeprefix("W/") for it in header.split(",")}
    return "*" in tags or etag in tags


def _error(status: int, *, headers: list[tuple[str, str]] | None = None) -> HttpResponse:
    return HttpResponse(
        status=status, headers=[("content-type", "application/xml"), *_POLICY, *(headers or [])], body=_DENIED
    )
