"""`python -m local demo` and `demo-bot`: saved files, their content credentials, and printed URLs."""

import json
import subprocess
import sys
from pathlib import Path

from local.paths import ROOT

CREDENTIAL = "content credential: valid (signed with this machine's test certificate)"


def states(folder: Path, *videos: Path) -> dict[str, str]:
    """Return the states of the credentials in these files, as the C2PA reader sees them in a process of its own."""
    command = [sys.executable, "-m", "tests.local.cli.read_credentials", str(folder / "test-certificate.json")]
    done = subprocess.run([*command, *map(str, videos)], cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def damage(video: Path, *, box: bytes) -> Path:
    """Write a copy of the video with one bit changed in this top-level box."""
    content, at = bytearray(video.read_bytes()), 0
    while content[at + 4 : at + 8] != box:
        at += int.from_bytes(content[at : at + 4], "big")
    content[at + int.from_bytes(content[at : at + 4], "big") // 2] ^= 1
    damaged = video.with_name(f"{box.decode()}.mp4")
    damaged.write_bytes(content)
    return damaged


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
    assert CREDENTIAL in ended.stdout.splitlines()
    stored = tmp_path / "demo" / "video.mp4"
    damaged = [damage(stored, box=box) for box in (b"mdat", b"moov")]
    assert states(tmp_path, stored, *damaged) == {"video.mp4": "Trusted", "mdat.mp4": "Invalid", "moov.mp4": "Invalid"}


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
    assert [line.split(maxsplit=1) for line in lines if CREDENTIAL in line] == [[type, CREDENTIAL] for type in types]
    stored = [tmp_path / "demo-bot" / f"{type}.mp4" for type in types]
    assert states(tmp_path, *stored) == {it.name: "Trusted" for it in stored}
