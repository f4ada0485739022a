"""The demo: signs in, uploads an image, creates one video, waits for it and downloads it."""

from pathlib import Path
from typing import TextIO

import requests

from local.aws.template import Json
from local.cli import client
from local.cli.client import Client, DemoError
from local.paths import SAMPLES

PROVIDER = "kling"  # of the requested model


def run(stack: dict[str, Json], *, folder: Path, terminal: TextIO) -> str:
    """Create the video and return its URL. `stack` is the result of `Stack.describe`.

    Raises DemoError.
    """
    try:
        video = _create(Client(stack), terminal=terminal)
        if reason := client.failure(video):
            raise DemoError(f"the video {reason}")
        client.save(video, folder=folder, names=("video.mp4", "thumbnail.jpg", "video.json"))
    except (requests.RequestException, KeyError) as error:
        raise DemoError(f"unexpected response of the stack: {error!r}") from error
    print(f"\n{client.credential(video)}", file=terminal)
    print(f"Saved video.mp4, thumbnail.jpg and video.json to {folder}", file=terminal)
    print("Video URL (not served after the demo; `make run` starts a stack that keeps running):", file=terminal)
    return str(video["video_url"])


def _create(api_client: Client, *, terminal: TextIO) -> dict[str, Json]:
    body: dict[str, Json] = {
        "source_image": api_client.upload(SAMPLES / "avatar-sophia.jpg"),
        "prompt": (SAMPLES / "happy-sophia.txt").read_text(encoding="utf-8").strip(),
        "model": "kling-2.5-turbo",
        "duration_seconds": 5,
        "aspect_ratio": "1:1",
    }
    print(api_client.estimate("/v1/videos", [body]), end="\n\n", file=terminal, flush=True)
    return api_client.wait_for({"": api_client.call("POST", "/v1/videos", body)}, terminal=terminal)[""]
