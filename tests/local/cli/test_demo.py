"""The demos, as one sees them: what they show, what they save, and how they say that something went wrong."""

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

FILM = b"a film"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def films() -> Iterator[str]:
    """Where every file is the same film."""

    def serve(_: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(FILM)))])
        return [FILM]

    with Server(serve) as server:
        yield server.url


def kept(url: str, **other: Any) -> dict[str, Any]:
    urls = {"video_url": f"{url}/video.mp4", "thumbnail_url": f"{url}/thumbnail.jpg"}
    return {**urls, "size_bytes": len(FILM), "sha256": sha256(FILM).hexdigest(), **other}


def test_the_demo_saves_what_it_made_and_names_its_permanent_url(
    stack: Stack, kling: KlingSimulator, tmp_path: Path
) -> None:
    paper = io.StringIO()

    url = demo.run(stack.describe(), folder=tmp_path, terminal=paper)
    video = json.loads((tmp_path / "video.json").read_text())

    assert kling.create_calls[video["id"]] == 1
    assert (video["status"], video["video_url"], video["aspect_ratio"]) == ("completed", url, "1:1")
    assert video["provider"] == demo.PROVIDER
    assert (tmp_path / "video.mp4").stat().st_size == video["size_bytes"]
    assert (tmp_path / "thumbnail.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    announced, _, first, *_ = paper.getvalue().splitlines()
    price = video["cost"]["estimated_usd"]
    assert announced == f"Videos        1 × kling-v2-1, estimated price ${price:.2f}"
    assert first.split()[0] == "queued"


def test_a_run_says_first_where_the_page_is_and_that_one_click_signs_in(stack: Stack) -> None:
    said = commands._welcome(stack, path=Path("stack.json")).split("\n\n")

    assert said[0] == f"\nKeepreel is running at {stack.url}"
    assert said[1].startswith("Open it in a browser: one click signs you in as demo@keepreel.local.")


def test_an_estimate_makes_no_video(stack: Stack, kling: KlingSimulator) -> None:
    asking = client.Client(stack.describe())
    before = asking.call("GET", "/v1/videos")

    said = asking.estimate("/v1/videos", [{"prompt": "a wave"}, {"prompt": "a wave", "model": "kling-2.6"}])

    assert said.startswith("Videos        1 × kling-v2-1, 1 × kling-2.6, estimated price $")
    assert asking.call("GET", "/v1/videos") == before


def test_a_failed_video_is_said_in_words_and_saves_nothing(stack: Stack, kling: KlingSimulator, tmp_path: Path) -> None:
    kling.fault(on="create", kind="task_fails", message="sensitive content")

    with pytest.raises(client.DemoError, match=r"the video failed: .+ \(\w+\)"):
        demo.run(stack.describe(), folder=tmp_path / "demo", terminal=io.StringIO())

    assert not (tmp_path / "demo").exists()


def test_a_stack_that_does_not_answer_is_said_in_words(stack: Stack, tmp_path: Path) -> None:
    gone = {**stack.describe(), "cognito_endpoint": "http://127.0.0.1:9"}

    with pytest.raises(client.DemoError, match="unexpected response of the stack"):
        demo.run(gone, folder=tmp_path, terminal=io.StringIO())


def test_the_bots_demo_saves_a_video_of_each_type_and_names_their_permanent_urls(
    stack: Stack, higgsfield: HiggsfieldSimulator, tmp_path: Path
) -> None:
    paper = io.StringIO()

    urls = demo_bot.run(stack.describe(), folder=tmp_path, terminal=paper)
    videos = {type: json.loads((tmp_path / f"{type}.json").read_text()) for type in urls}

    assert tuple(urls) == ("intro", "promo", "token_reveal", "custom")
    assert {type: it["video_url"] for type, it in videos.items()} == urls
    assert {(it["status"], it["provider"]) for it in videos.values()} == {("completed", demo_bot.PROVIDER)}
    assert {type: (tmp_path / f"{type}.mp4").stat().st_size for type in urls} == {
        type: it["size_bytes"] for type, it in videos.items()
    }
    assert {(tmp_path / f"{type}.jpg").read_bytes()[:3] for type in urls} == {b"\xff\xd8\xff"}
    announced, _, *lines = paper.getvalue().splitlines()
    price = sum(it["cost"]["estimated_usd"] for it in videos.values())
    model = videos["intro"]["model"]
    assert announced == f"Videos        4 × {model}, estimated price ${price:.2f}"
    assert [line.split()[0] for line in lines[:4]] == list(urls)


def test_a_bots_video_that_fails_is_said_in_words_and_the_others_are_saved(
    stack: Stack, higgsfield: HiggsfieldSimulator, tmp_path: Path
) -> None:
    higgsfield.fault(on="create", kind="nsfw")

    with pytest.raises(client.DemoError, match=r"^the \w+ video failed: [^;]+ \(\w+\)$"):
        demo_bot.run(stack.describe(), folder=tmp_path, terminal=io.StringIO())

    assert len(list(tmp_path.glob("*.mp4"))) == 3


def test_a_video_is_kept_with_its_thumbnail_and_its_json(films: str, tmp_path: Path) -> None:
    client.save(kept(films), folder=tmp_path / "new", names=("a.mp4", "a.jpg", "a.json"))

    files = {it.name: it.read_bytes() for it in (tmp_path / "new").iterdir()}
    assert json.loads(files.pop("a.json")) == kept(films)
    assert files == {"a.mp4": FILM, "a.jpg": FILM}


@pytest.mark.parametrize(
    ("other", "words"), [({"size_bytes": 5}, "6 bytes instead of 5"), ({"sha256": "0" * 64}, "SHA-256")]
)
def test_a_file_that_is_not_what_the_api_says_is_not_kept(
    other: dict[str, Any], words: str, films: str, tmp_path: Path
) -> None:
    with pytest.raises(client.DemoError, match=words):
        client.save(kept(films, **other), folder=tmp_path, names=("a.mp4", "a.jpg", "a.json"))

    assert list(tmp_path.iterdir()) == []


def test_a_terminal_sees_one_line_that_lives() -> None:
    screen = Screen()

    with Progress(screen) as progress:
        progress.show([Row("queued")])
        progress.show([Row("queued")])
        progress.show([Row("completed")])

    assert screen.getvalue() == "\r\033[Kqueued         0 s" * 2 + "\r\033[Kcompleted      0 s\n"


def test_a_terminal_sees_a_line_for_each_video_that_live_together() -> None:
    screen = Screen()

    with Progress(screen) as progress:
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a completed"), Row("b queued")])

    assert screen.getvalue() == (
        "\r\033[Ka queued       0 s\n\r\033[Kb queued       0 s"
        "\033[1A\r\033[Ka completed    0 s\n\r\033[Kb queued       0 s\n"
    )


def test_the_seconds_of_a_final_row_stand_still() -> None:
    screen, seconds = Screen(), iter(range(0, 50, 5))

    with Progress(screen, clock=lambda: next(seconds)) as progress:
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a completed", is_final=True), Row("b queued")])
        progress.show([Row("a completed", is_final=True), Row("b queued")])

    a, b = screen.getvalue().split("\r\033[K")[-2:]
    assert (a.split()[2], b.split()[2]) == ("15", "30")


def test_what_has_ended_is_final_to_whoever_watches() -> None:
    statuses = ("queued", "processing", "saving", "delayed", "completed", "failed", "canceled")

    rows = client._rows({it: {"status": it} for it in statuses})

    assert [row.text.split()[0] for row in rows if row.is_final] == ["completed", "failed", "canceled"]


def test_a_file_gets_a_line_per_change() -> None:
    paper = io.StringIO()

    with Progress(paper) as progress:
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a queued"), Row("b queued")])
        progress.show([Row("a queued"), Row("b completed")])

    assert paper.getvalue() == "a queued       0 s\nb queued       0 s\nb completed    0 s\n"
