"""`python -m local demo` and `demo-bot`: saved files and printed URLs."""

import json
import subprocess
import sys
from pathlib import Path

from local.paths import ROOT


def test_demo_creates_and_saves_the_video(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "demo", "--folder", str(tmp_path)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    video = json.loads((tmp_path / "demo" / "video.json").read_text())
    prompt = (ROOT / "local/samples/happy-sophia.txt").read_text().strip()
    fields = ("status", "model", "duration_seconds", "aspect_ratio", "prompt")
    assert (ended.returncode, ended.stderr, ended.stdout.splitlines()[-1]) == (0, "", video["video_url"])
    assert [video[it] for it in fields] == ["completed", "kling-2.5-turbo", 5, "1:1", prompt]
    assert (tmp_path / "demo" / "video.mp4").stat().st_size == video["size_bytes"]
    assert (tmp_path / "demo" / "thumbnail.jpg").read_bytes().startswith(b"\xff\xd8\xff")


def test_bot_demo_creates_and_saves_its_four_videos(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "demo-bot", "--folder", str(tmp_path)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    types = ("intro", "promo", "token_reveal", "custom")
    videos = [json.loads((tmp_path / "demo-bot" / f"{type}.json").read_text()) for type in types]
    lines = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [line.split() for line in lines[-4:]] == [
        [type, it["video_url"]] for type, it in zip(types, videos, strict=True)
    ]
    assert "Published events: 4 × VideoCompleted" in lines
