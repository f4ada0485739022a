"""Measure the local stack as `make run` starts it: start, memory, reads, and 20 creates on loaded cores.

Run it with `python -m tests.bench.local_stack`.
"""

import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

from local.cli.client import Client
from local.paths import ROOT
from tests.bench import process_tree

Json = dict[str, Any]

_RECORDS = 1001
_POSTS = 20
_READS = 200
_LISTS = 50
_PARAMETERS = "DailyVideoLimit=1000;DailySpendLimitCents=1000000;InFlightLimit=1000"
_PROMPT = {"prompt": "a slow wave"}


def measure() -> dict[str, float]:
    """Return seconds (`_s`), CPU of all processes of the stack (`_cpu_s`, `_cpu_ms`) and memory (`_mb`).

    The creates are sent at once while every core also runs a busy process.
    """
    with tempfile.TemporaryDirectory() as folder, _stack(Path(folder)) as (pid, figures):
        stack = json.loads((Path(folder) / "stack.json").read_text(encoding="utf-8"))
        clients = [Client(stack) for _ in range(_POSTS)]
        client = clients[0]
        video = _completed_video(client)
        figures["ready_rss_mb"] = process_tree.usage(pid).rss_mb
        figures["get_cpu_ms"] = _cpu_ms(pid, _READS, lambda: client.call("GET", video["links"]["self"]))
        _copy_record(video["id"], stack=stack)
        figures["list_cpu_ms"] = _cpu_ms(pid, _LISTS, lambda: client.call("GET", "/v1/videos?limit=20"))
        with _busy_cores():
            figures |= _creates(clients)
        figures["end_rss_mb"] = process_tree.usage(pid).rss_mb
    return {name: round(value, 2) for name, value in figures.items()}


@contextlib.contextmanager
def _stack(folder: Path) -> Iterator[tuple[int, dict[str, float]]]:
    """Run the stack. Yield its process id, and the figures of its start."""
    command = [sys.executable, "-m", "local", "run", "--port", "0", "--folder", str(folder), "--parameter", _PARAMETERS]
    started_at = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        figures: dict[str, float] = {}
        while not (folder / "stack.json").exists():
            assert process.stdout.readline(), "the stack ended at its start"
            figures.setdefault("first_line_s", time.monotonic() - started_at)
        figures["ready_s"] = time.monotonic() - started_at
        figures["ready_cpu_s"] = process_tree.usage(process.pid).cpu_s
        yield process.pid, figures
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _completed_video(client: Client) -> Json:
    video = client.call("POST", "/v1/videos", _PROMPT)
    while video["status"] not in {"completed", "failed"}:
        time.sleep(1)
        video = client.call("GET", video["links"]["self"])
    assert video["status"] == "completed", video
    return video


def _cpu_ms(pid: int, times: int, call: Callable[[], Any]) -> float:
    """Return the CPU of one call, after ten that warm every process."""
    for _ in range(10):
        call()
    before = process_tree.usage(pid).cpu_s
    for _ in range(times):
        call()
    return (process_tree.usage(pid).cpu_s - before) * 1000 / times


def _copy_record(video_id: str, *, stack: Json) -> None:
    """Write copies of the video's record until its owner has `_RECORDS`."""
    client: Any = boto3.client(
        "dynamodb",
        endpoint_url=stack["aws_endpoint"],
        region_name=stack["region"],
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    table = next(it for it in client.list_tables()["TableNames"] if it.endswith("VideosTable"))
    (item,) = (it for it in client.scan(TableName=table)["Items"] if it.get("video_id") == {"S": video_id})
    puts = [
        {"PutRequest": {"Item": {**item, "video_id": {"S": f"{video_id[:-4]}{n:04d}"}}}} for n in range(1, _RECORDS)
    ]
    for first in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={table: puts[first : first + 25]})


@contextlib.contextmanager
def _busy_cores() -> Iterator[None]:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_spin, daemon=True) for _ in range(os.cpu_count() or 1)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def _spin() -> None:
    while True:
        pass


def _creates(clients: list[Client]) -> dict[str, float]:
    with ThreadPoolExecutor(len(clients)) as threads:
        seconds = sorted(threads.map(_seconds_of_create, clients, range(len(clients))))
    return {"posts_median_s": seconds[len(seconds) // 2], "posts_worst_s": seconds[-1]}


def _seconds_of_create(client: Client, number: int) -> float:
    """Create a video with a prompt of its own, because a repeated request returns the first one's video."""
    started_at = time.monotonic()
    client.call("POST", "/v1/videos", {"prompt": f"wave {number}"})
    return time.monotonic() - started_at


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
