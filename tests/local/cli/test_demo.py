"""Demos: terminal output, saved files and errors."""

import io
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from local.cli import client, commands, demo, demo_bot
from local.cli.progress import Progress, Row
from local.http_server import Server
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack

VIDEO_BYTES = b"a video"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def file_server() -> Iterator[str]:
    """Return the URL of a server that returns the same bytes for every path."""

    def serve(_: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(VIDEO_BYTES)))])
        return [VIDEO_BYTES]

    with Server(serve) as server:
        yield server.url


def video_response(url: str, **changes: Any) -> dict[str, Any]:
    """Return an API response for a completed video whose files are on this server."""
    urls = {"video_url": f"{url}/video.mp4", "thumbnail_url": f"{url}/thumbnail.jpg"}
    return {**urls, "size_bytes": len(VIDEO_BYTES), "sha256": sha256(VIDEO_BYTES).hexdigest(), **changes}


def test_demo_saves_the_video_and_prints_its_permanent_url(stack: Stack, kling: KlingSimulator, tmp_path: Path) -> None:
    output = io.StringIO()

    url = demo.run(stack.describe(), folder=tmp_path, terminal=output)
    video = json.loads((tmp_path / "video.json").read_text())

    assert kling.create_calls[video["id"]] == 1
    assert (video["status"], video["video_url"], video["aspect_ratio"]) == ("completed", url, "1:1")
    assert video["provider"] == demo.PROVIDER
    assert (tmp_path / "video.mp4").stat().st_size == video["size_bytes"]
    assert (tmp_path / "thumbnail.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    estimate, _, first, *_ = output.getvalue().splitlines()
    price = video["cost"]["estimated_usd"]
    assert estimate == f"Videos        1 × kling-2.5-turbo, estimated price ${price:.2f}"
    assert first.split()[0] == "queued"


def test_welcome_message_starts_with_the_page_url_and_the_demo_sign_in(stack: Stack) -> None:
    paragraphs = commands._welcome(stack, path=Path("stack.json")).split("\n\n")

    assert paragraphs[0] == f"\nKeepreel is running at {stack.url}"
    assert paragraphs[1].startswith("Open it in a browser: one click signs you in as demo@keepreel.local.")


def test_estimate_creates_no_video(stack: Stack, kling: KlingSimulator) -> None:
    api = client.Client(stack.describe())
    before = api.call("GET", "/v1/videos")

    estimate = api.estimate("/v1/videos", [{"prompt": "a wave"}, {"prompt": "a wave", "model": "kling-2.6"}])

    assert estimate.startswith("Videos        1 × kling-2.5-turbo, 1 × kling-2.6, estimated price $")
    assert api.call("GET", "/v1/videos") == before


def test_failed_video_is_reported_and_not_saved(stack: Stack, kling: KlingSimulator, tmp_path: Path) -> None:
    kling.fault(on="create", kind="task_fails", message="sensitive content")

    with pytest.raises(client.DemoError, match=r"the video failed: .+ \(\w+\)"):
        demo.run(stack.describe(), folder=tmp_path / "demo", terminal=io.StringIO())

    assert not (tmp_path / "demo").exists()


def test_unreachable_stack_is_reported(stack: Stack, tmp_path: Path) -> None:
    unreachable = {**stack.describe(), "cognito_endpoint": "http://127.0.0.1:9"}

    with pytest.raises(client.DemoError, match="unexpected response of the stack"):
        demo.run(unreachable, folder=tmp_path, terminal=io.StringIO())


def test_bot_demo_saves_a_video_of_each_type_and_returns_the_permanent_urls(
    stack: Stack, higgsfield: HiggsfieldSimulator, tmp_path: Path
) -> None:
    output = io.StringIO()

    urls = demo_bot.run(stack.describe(), folder=tmp_path, terminal=output)
    videos = {type: json.loads((tmp_path / f"{type}.json").read_text()) for type in urls}

    assert tuple(urls) == ("intro", "promo", "token_reveal", "custom")
    assert {type: it["video_url"] for type, it in videos.items()} == urls
    assert {(it["status"], it["provider"]) for it in videos.values()} == {("completed", demo_bot.PROVIDER)}
    assert {type: (tmp_path / f"{type}.mp4").stat().st_size for type in urls} == {
        type: it["size_bytes"] for type, it in videos.items()
    }
    assert {(tmp_path / f"{type}.jpg").read_bytes()[:3] for type in urls} == {b"\xff\xd8\xff"}
    estimate, _, *lines = output.getvalue().splitlines()
    price = sum(it["cost"]["estimated_usd"] for it in videos.values())
    model = videos["intro"]["model"]
    assert estimate == f"Videos        4 × {model}, estimated price ${price:.2f}"
    assert [line.split()[0] for line in lines[:4]] == list(urls)


def test_failed_bot_video_is_reported_and_the_others_are_saved(
    stack: Stack, higgsfield: HiggsfieldSimulator, tmp_path: Path
) -> None:
    higgsfield.fault(on="create", kind="nsfw")

    with pytest.raises(client.DemoError, match=r"^the \w+ video failed: [^;]+ \(\w+\)$"):
        demo_bot.run(stack.describe(), folder=tmp_path, terminal=io.StringIO())

    assert len(list(tmp_path.glob("*.mp4"))) == 3


def test_video_is_saved_with_its_thumbnail_and_json(file_server: str, tmp_path: Path) -> None:
    client.save(video_response(file_server), folder=tmp_path / "new", names=("a.mp4", "a.jpg", "a.json"))

    files = {it.name: it.read_bytes() for it in (tmp_path / "new").iterdir()}
    assert json.loads(files.pop("a.json")) == video_response(file_server)
    assert files == {"a.mp4": VIDEO_BYTES, "a.jpg": VIDEO_BYTES}


@pytest.mark.parametrize(
    ("changes", "message"), [({"size_bytes": 5}, "7 bytes instead of 5"), ({"sha256": "0" * 64}, "SHA-256")]
)
def test_video_with_the_wrong_size_or_hash_is_not_saved(
    changes: dict[str, Any], message: str, file_server: str, tmp_path: Path
) -> None:
    with pytest.raises(client.DemoError, match=message):
        client.save(video_response(file_server, **changes), folder=tmp_path, names=("a.mp4", "a.jpg", "a.json"))

    assert list(tmp_path.iterdir()) == []


def test_terminal_line_is_updated_in_place() -> None:
    terminal = Terminal()

    with Progress(terminal) as progress:
        progress.show([Row("queued")])
        progress.show([Row("queued")])
        progress.show([Row("completed")])

    assert terminal.getvalue() == "\r\033[Kqueued         0 s" * 2 + "\r\033[Kcompleted      0 s\n"


def test_terminal_lines_of_several_videos_are_updated_together() -> None:
    terminal = Terminal()

    with Progress(terminal) as progress:
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a completed"), Row("b queued")])

    assert terminal.getvalue() == (
        "\r\033[Ka queued       0 s\n\r\033[Kb queued       0 s"
        "\033[1A\r\033[Ka completed    0 s\n\r\033[Kb queued       0 s\n"
    )


def test_seconds_of_a_final_row_stop() -> None:
    terminal, seconds = Terminal(), iter(range(0, 50, 5))

    with Progress(terminal, clock=lambda: next(seconds)) as progress:
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a completed", is_final=True), Row("b queued")])
        progress.show([Row("a completed", is_final=True), Row("b queued")])

    a, b = terminal.getvalue().split("\r\033[K")[-2:]
    assert (a.split()[2], b.split()[2]) == ("15", "30")


def test_completed_failed_and_canceled_rows_are_final() -> None:
    statuses = ("queued", "processing", "saving", "delayed", "completed", "failed", "canceled")

    rows = client._rows({it: {"status": it} for it in statuses})

    assert [row.text.split()[0] for row in rows if row.is_final] == ["completed", "failed", "canceled"]


def test_output_to_a_file_has_one_line_per_change() -> None:
    output = io.StringIO()

    with Progress(output) as progress:
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a queued"), Row("b completed")])

    assert output.getvalue() == "a queued       0 s\nb queued       0 s\nb completed    0 s\n"
