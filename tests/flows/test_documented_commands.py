"""The commands of the README and the tutorial, run as they are written against the stack."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from keepreel.db.tables import Video
from local.paths import ROOT
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack


@pytest.fixture
def folder(stack: Stack, tmp_path: Path) -> Path:
    """A working directory as a reader has it while `make run` is running."""
    (tmp_path / ".keepreel").mkdir()
    (tmp_path / "local").symlink_to(ROOT / "local")
    (tmp_path / ".keepreel/stack.json").write_text(json.dumps(stack.describe()))
    return tmp_path


def _run(document: str, *, folder: Path) -> str:
    """Run all `sh` blocks of a document as one script and return its output."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)
    command = ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_readme_creates_and_downloads_a_video(stack: Stack, kling: KlingSimulator, folder: Path) -> None:
    _run("README.md", folder=folder)

    assert (folder / ".keepreel/boat.mp4").read_bytes()[4:8] == b"ftyp"


def test_the_tutorial_works_from_start_to_end(stack: Stack, kling: KlingSimulator, folder: Path) -> None:
    output = _run("docs/tutorial.md", folder=folder)

    assert "completed" in output.splitlines()
    assert (folder / ".keepreel/boat.mp4").read_bytes()[4:8] == b"ftyp"
    stack.wait_until_idle()
    bots = Video.query("community#sophia", consistent_read=True)
    assert sorted((it.type, it.created_by.split("#")[0], it.status) for it in bots) == [
        ("intro", "event", "completed"),
        ("promo", "schedule", "completed"),
        ("promo", "user", "completed"),
        ("token_reveal", "event", "completed"),
    ]
    assert "'code': 'provider_error'" in output
    assert kling.pending_faults() == []
