"""The main job once, as a client does it: sign in, upload, ask for the happy Sophia video, wait, download."""

from pathlib import Path
from typing import TextIO

import requests

from local.aws.template import Json
from local.cli import client
from local.cli.client import Client, Failed
from local.paths import SAMPLES

PROVIDER = "kling"  # whose model it asks for


def run(stack: dict[str, Json], *, folder: Path, terminal: TextIO) -> str:
    """Makes the video with a running stack, as `Stack.describe` tells of it, and answers its permanent URL.

    Raises Failed.
    """
    try:
        video = _made(Client(stack), terminal=terminal)
        if reason := client.failure(video):
            raise Failed(f"the video {reason}")
        client.keep(video, folder=folder, names=("video.mp4", "thumbnail.jpg", "video.json"))
    except (requests.RequestException, KeyError) as error:
        raise Failed(f"the stack did not answer as it should: {error!r}") from error
    print(f"\nSaved video.mp4, thumbnail.jpg and video.json in {folder}", file=terminal)
    print("Its permanent URL (this stack ends with the demo; `make run` keeps one up):", file=terminal)
    return str(video["video_url"])


def _made(signed_in: Client, *, terminal: TextIO) -> dict[str, Json]:
    wanted: dict[str, Json] = {
        "source_image": signed_in.upload(SAMPLES / "avatar-sophia.jpg"),
        "prompt": (SAMPLES / "happy-sophia.txt").read_text(encoding="utf-8").strip(),
        "model": "kling-v2-1",
        "duration_seconds": 5,
        "aspect_ratio": "1:1",
    }
    print(signed_in.estimate("/v1/videos", [wanted]), end="\n\n", file=terminal, flush=True)
    return signed_in.follow({"": signed_in.call("POST", "/v1/videos", wanted)}, terminal=terminal)[""]
