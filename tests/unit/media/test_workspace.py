"""The folder of one save, on a disk that Lambda keeps after a process was killed."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from keepreel.media import workspace

KILLED_IN_A_SAVE = """
import os, tempfile
from keepreel.media import workspace

with workspace.folder() as folder:
    (folder / "source.mp4").write_bytes(b"a file")
    os._exit(1)
"""


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_folder_of_a_killed_process_is_removed_by_the_next_save(disk: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED_IN_A_SAVE], check=False)
    left_over = [path.name for path in disk.iterdir()]
    assert len(left_over) == 1

    with workspace.folder() as folder:
        assert list(disk.iterdir()) == [folder]
    assert list(disk.iterdir()) == []


def test_folder_of_a_running_save_and_other_files_stay(disk: Path) -> None:
    other = disk / "other"
    other.mkdir()

    with workspace.folder() as first, workspace.folder() as second:
        assert set(disk.iterdir()) == {first, second, other}
    assert list(disk.iterdir()) == [other]
