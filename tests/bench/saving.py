"""Saving a file of 200 MB: memory, CPU and requests to S3, each way in a fresh process. Linux only."""

import json
import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from local.paths import ROOT
from tests.bench.lines import Line, Sample, at_most, at_most_times
from tests.unit.media.mp4_boxes import write_large

_MEGABYTES = 200
_OURS, _WHOLE, _STREAMED, _BARE = "ours", "get + put", "upload_fileobj", "multipart with our checks"
_NAMES = ("grew_mb", "cpu_seconds", "requests")


def lines(*, rounds: int) -> list[Line]:
    found = _measure(rounds=rounds)

    def values(name: str) -> dict[str, Sample]:
        return {way: Sample(found[way, name]) for way in (_WHOLE, _STREAMED)}

    def ours(name: str, way: str = _OURS) -> Sample:
        return Sample(found[way, name])

    return [
        at_most(
            8.5,
            name="save of 200 MB: peak over base, MB",
            ours=ours("grew_mb"),
            baselines=values("grew_mb"),
            floor=ours("grew_mb", _BARE),
        ),
        at_most_times(
            1.11,  # 0.60 s to the 0.54 s of the floor, where the goal was set
            "floor",
            name="save of 200 MB: CPU seconds",
            ours=ours("cpu_seconds"),
            baselines=values("cpu_seconds"),
            floor=ours("cpu_seconds", _BARE),
        ),
        at_most(
            30,
            name="save of 200 MB: requests to S3",
            ours=ours("requests"),
            baselines=values("requests"),
            floor=ours("requests", _BARE),
        ),
    ]


def _measure(*, rounds: int) -> dict[tuple[str, str], list[float]]:
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with TemporaryDirectory() as folder:
        path = Path(folder, "video.mp4")
        write_large(path, megabytes=_MEGABYTES)
        with _serving(path) as url:
            for _ in range(rounds):
                for way in (_OURS, _WHOLE, _STREAMED, _BARE):
                    run = _run(way, url)
                    for name in _NAMES:
                        found[way, name].append(run[name])
    return found


def _run(way: str, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.save_child", way, url]
    environment = {**os.environ, "KLING_BASE_URL": url.rpartition("/")[0]}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{way}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _serving(path: Path) -> Iterator[str]:
    """Serve the file as a provider's storage does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(path.stat().st_size))
            self.send_header("content-type", "video/mp4")
            self.end_headers()
            with path.open("rb") as file:
                self.connection.sendfile(file)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/video.mp4"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
