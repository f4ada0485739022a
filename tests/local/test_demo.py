"""The demo, as one sees it: what it shows, what it saves, and how it says that something went wrong."""

import io
import json
from pathlib import Path

import pytest

from local import demo
from local.progress import Progress
from local.simulators.kling import KlingSimulator
from local.stack import Stack


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_demo_saves_what_it_made_and_names_its_permanent_url(
    stack: Stack, kling: KlingSimulator, tmp_path: Path
) -> None:
    paper = io.StringIO()

    url = demo.run(stack.describe(), folder=tmp_path, terminal=paper)
    video = json.loads((tmp_path / "video.json").read_text())

    assert kling.create_calls[video["id"]] == 1
    assert (video["status"], video["video_url"], video["aspect_ratio"]) == ("completed", url, "1:1")
    assert (tmp_path / "video.mp4").stat().st_size == video["size_bytes"]
    assert (tmp_path / "thumbnail.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert paper.getvalue().splitlines()[0].split()[0] == "queued"


def test_a_failed_video_is_said_in_words_and_saves_nothing(stack: Stack, kling: KlingSimulator, tmp_path: Path) -> None:
    kling.fault(on="create", kind="task_fails", message="sensitive content")

    with pytest.raises(demo.Failed, match=r"the video failed: .+ \(\w+\)"):
        demo.run(stack.describe(), folder=tmp_path / "demo", terminal=io.StringIO())

    assert not (tmp_path / "demo").exists()


def test_a_stack_that_does_not_answer_is_said_in_words(stack: Stack, tmp_path: Path) -> None:
    gone = {**stack.describe(), "cognito_endpoint": "http://127.0.0.1:9"}

    with pytest.raises(demo.Failed, match="did not answer"):
        demo.run(gone, folder=tmp_path, terminal=io.StringIO())


def test_a_terminal_sees_one_line_that_lives() -> None:
    screen = Screen()

    with Progress(screen) as progress:
        progress.show("queued")
        progress.show("queued")
        progress.show("completed")

    assert screen.getvalue() == "\r\033[Kqueued         0 s" * 2 + "\r\033[Kcompleted      0 s\n"


def test_a_file_gets_a_line_per_change() -> None:
    paper = io.StringIO()

    with Progress(paper) as progress:
        progress.show("queued")
        progress.show("queued")
        progress.show("completed")

    assert paper.getvalue() == "queued         0 s\ncompleted      0 s\n"
