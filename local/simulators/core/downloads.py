"""Result links: signed, unguessable, dead after a time, and broken on demand."""

import hmac
import re
import secrets
from collections.abc import Callable, Iterator
from hashlib import sha256

from local.simulators.core.faults import Fault, deliver
from local.simulators.core.server import Reply, Request, html_reply, reply

PREFIX = "/results/"
_MEBIBYTE = bytes(1 << 20)


class Links:
    """Makes and checks links to files by their ids; nothing is stored, so each call gives a fresh one."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def path(self, id: str, *, dies_at: float) -> str:
        return f"{PREFIX}{id}.mp4?expires={dies_at:.3f}&signature={self._signature(id, f'{dies_at:.3f}')}"

    def id(self, request: Request, *, now: float) -> str | None:
        """The file that this request may have; None for a link that is forged or dead."""
        id = request.path.removeprefix(PREFIX).removesuffix(".mp4")
        expires = request.query.get("expires", "")
        if not hmac.compare_digest(request.query.get("signature", "").encode(), self._signature(id, expires).encode()):
            return None
        return id if now < float(expires) else None

    def _signature(self, id: str, expires: str) -> str:
        return hmac.new(self._key, f"{id}\n{expires}".encode(), sha256).hexdigest()


def forbidden() -> Reply:
    return html_reply("403 Forbidden", status=403)


def serve(film: bytes, request: Request, *, fault: Fault | None, pause: Callable[[float], None]) -> Reply:
    """The film, whole or the range asked for, or what the fault makes of it."""
    if fault and fault.kind in ("expired", "truncate", "short", "html", "drip", "oversize", "no_length", "redirect"):
        return _spoiled(film, fault, pause=pause)
    return deliver(fault, lambda: _whole_or_range(film, request), pause=pause)


def _whole_or_range(film: bytes, request: Request) -> Reply:
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{sha256(film).hexdigest()[:32]}"'}
    wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if (
        not wanted
        or wanted.group(0) == "bytes=-"
        or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]
    ):
        return _video(film, headers=headers)
    first, last = _bounds(wanted.group(1), wanted.group(2), len(film))
    if first > last:
        return reply(b"", status=416, content_type="video/mp4", headers={"Content-Range": f"bytes */{len(film)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(film)}"
    return _video(film[first : last + 1], headers=headers, status=206)


def _bounds(first: str, last: str, length: int) -> tuple[int, int]:
    if not first:
        return max(0, length - int(last)), length - 1
    return int(first), min(int(last), length - 1) if last else length - 1


def _video(body: bytes, *, headers: dict[str, str] | None = None, status: int = 200) -> Reply:
    return reply(body, status=status, content_type="video/mp4", headers=headers)


def _spoiled(film: bytes, fault: Fault, *, pause: Callable[[float], None]) -> Reply:
    details, headers = fault.details, {"Content-Type": "video/mp4", "Content-Length": str(len(film))}
    match fault.kind:
        case "truncate":
            return Reply(headers=headers, parts=(film[: int(len(film) * details["fraction"])],))
        case "short":
            return _video(film[: int(len(film) * details["fraction"])])
        case "html":
            return html_reply("This page can not be reached", status=details["status"])
        case "drip":
            return Reply(headers=headers, parts=_drops(film, details["part_bytes"], details["part_seconds"], pause))
        case "oversize":
            size = max(int(details["bytes"]), len(film) + 16)
            return Reply(headers={**headers, "Content-Length": str(size)}, parts=_padded(film, size))
        case "no_length":
            framing = {"Transfer-Encoding": "chunked"} if details["chunked"] else {"Connection": "close"}
            return Reply(headers={"Content-Type": "video/mp4", **framing}, parts=(film,))
        case "redirect":
            return Reply(status=details["status"], headers={"Location": details["to"], "Content-Length": "0"})
    return forbidden()


def _drops(film: bytes, part_bytes: int, part_seconds: float, pause: Callable[[float], None]) -> Iterator[bytes]:
    for start in range(0, len(film), part_bytes):
        yield film[start : start + part_bytes]
        pause(part_seconds)


def _padded(film: bytes, size: int) -> Iterator[bytes]:
    """The film and a `free` box up to the size: a whole MP4 whose one fault is its size."""
    padding = size - len(film)
    yield film
    yield b"\x00\x00\x00\x01free" + padding.to_bytes(8, "big")
    padding -= 16
    while padding > 0:
        yield _MEBIBYTE[:padding]
        padding -= len(_MEBIBYTE)
