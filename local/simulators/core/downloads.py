"""Download links for finished videos: signed, expiring, and broken on demand."""

import hmac
import re
import secrets
from collections.abc import Callable, Iterator
from hashlib import sha256

from local.simulators.core.faults import Fault, apply
from local.simulators.core.server import Request, Response, html_response, response

PREFIX = "/results/"
_MEBIBYTE = bytes(1 << 20)


class DownloadLinks:
    """Creates and checks download links by file id. Nothing is stored, so each call creates a new link."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def path(self, id: str, *, expires_at: float) -> str:
        return f"{PREFIX}{id}.mp4?expires={expires_at:.3f}&signature={self._signature(id, f'{expires_at:.3f}')}"

    def id(self, request: Request, *, now: float) -> str | None:
        """Return the id of the file that the link grants, or None if the link is forged or expired."""
        id = request.path.removeprefix(PREFIX).removesuffix(".mp4")
        expires = request.query.get("expires", "")
        if not hmac.compare_digest(request.query.get("signature", "").encode(), self._signature(id, expires).encode()):
            return None
        return id if now < float(expires) else None

    def _signature(self, id: str, expires: str) -> str:
        return hmac.new(self._key, f"{id}\n{expires}".encode(), sha256).hexdigest()


def forbidden() -> Response:
    return html_response("403 Forbidden", status=403)


def serve(video: bytes, request: Request, *, fault: Fault | None, pause: Callable[[float], None]) -> Response:
    """Return the whole video or the requested range, changed by the fault."""
    if fault and fault.kind in ("expired", "truncate", "short", "html", "drip", "oversize", "no_length", "redirect"):
        return _broken(video, fault, pause=pause)
    return apply(fault, lambda: _whole_or_range(video, request), pause=pause)


def _whole_or_range(video: bytes, request: Request) -> Response:
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{sha256(video).hexdigest()[:32]}"'}
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if not match or match.group(0) == "bytes=-" or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return _video(video, headers=headers)
    first, last = _bounds(match.group(1), match.group(2), len(video))
    if first > last:
        return response(b"", status=416, content_type="video/mp4", headers={"Content-Range": f"bytes */{len(video)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(video)}"
    return _video(video[first : last + 1], headers=headers, status=206)


def _bounds(first: str, last: str, length: int) -> tuple[int, int]:
    if not first:
        return max(0, length - int(last)), length - 1
    return int(first), min(int(last), length - 1) if last else length - 1


def _video(body: bytes, *, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    return response(body, status=status, content_type="video/mp4", headers=headers)


def _broken(video: bytes, fault: Fault, *, pause: Callable[[float], None]) -> Response:
    details, headers = fault.details, {"Content-Type": "video/mp4", "Content-Length": str(len(video))}
    match fault.kind:
        case "truncate":
            return Response(headers=headers, parts=(video[: int(len(video) * details["fraction"])],))
        case "short":
            return _video(video[: int(len(video) * details["fraction"])])
        case "html":
            return html_response("This page can not be reached", status=details["status"])
        case "drip":
            return Response(
                headers=headers, parts=_slow_parts(video, details["part_bytes"], details["part_seconds"], pause)
            )
        case "oversize":
            size = max(int(details["bytes"]), len(video) + 16)
            return Response(headers={**headers, "Content-Length": str(size)}, parts=_padded(video, size))
        case "no_length":
            framing = {"Transfer-Encoding": "chunked"} if details["chunked"] else {"Connection": "close"}
            return Response(headers={"Content-Type": "video/mp4", **framing}, parts=(video,))
        case "redirect":
            return Response(status=details["status"], headers={"Location": details["to"], "Content-Length": "0"})
    return forbidden()


def _slow_parts(video: bytes, part_bytes: int, part_seconds: float, pause: Callable[[float], None]) -> Iterator[bytes]:
    for start in range(0, len(video), part_bytes):
        yield video[start : start + part_bytes]
        pause(part_seconds)


def _padded(video: bytes, size: int) -> Iterator[bytes]:
    """Pad the video with a `free` box to `size` bytes: a valid MP4 that is only too large."""
    padding = size - len(video)
    yield video
    yield b"\x00\x00\x00\x01free" + padding.to_bytes(8, "big")
    padding -= 16
    while padding > 0:
        yield _MEBIBYTE[:padding]
        padding -= len(_MEBIBYTE)
