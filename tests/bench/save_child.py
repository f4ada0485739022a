"""Store the file at a URL in one way, in this fresh process, and print memory, CPU and requests to S3 as JSON.

Usage: python -m tests.bench.save_child <way> <url>
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from botocore.httpsession import URLLib3Session


def main(way: str, url: str) -> None:
    requests: list[str] = []
    run = _prepared(way, url)
    _count(requests)
    before, started = _base_mb(), time.process_time()
    run()
    seconds, grew = time.process_time() - started, _memory_mb("VmHWM") - before
    print(json.dumps({"grew_mb": grew, "cpu_seconds": seconds, "requests": len(requests)}))  # noqa: T201


def _prepared(way: str, url: str) -> Callable[[], object]:
    """Import and make what a warm function has, and return what is measured."""
    if way == "ours":
        return _ours(url)
    from tests.bench.baselines import saves

    return {"get + put": saves.whole, "upload_fileobj": saves.streamed, "multipart with our checks": saves.bare}[way](
        url
    )


def _ours(url: str) -> Callable[[], object]:
    """Download, verify, decode the first frame and store: all of `save` but the record and the credential."""
    from tests.bench import our_save

    return our_save.prepared(url, key=f"media/{uuid4()}/video.mp4")


def _count(requests: list[str]) -> None:
    send = URLLib3Session.send

    def counted(session: URLLib3Session, request: object) -> object:
        requests.append(str(request))
        return send(session, request)  # type: ignore[arg-type]

    URLLib3Session.send = counted  # type: ignore[method-assign,assignment]


def _base_mb() -> float:
    """Forget the peak so far, which imports made, and return the present memory (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory_mb("VmRSS")


def _memory_mb(name: str) -> float:
    (found,) = re.findall(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found) / 1000


if __name__ == "__main__":
    main(*sys.argv[1:])
