"""The bot demo: creates a community with avatar and texts, and one video of each type at the same time."""

import json
from pathlib import Path
from typing import TextIO
from uuid import uuid4

import requests

from local.aws.template import Json
from local.cli import client
from local.cli.client import Client, DemoError, Video
from local.paths import SAMPLES

PROVIDER = "higgsfield"  # of the default model for community videos
TYPES = ("intro", "promo", "token_reveal", "custom")


def run(stack: dict[str, Json], *, folder: Path, terminal: TextIO) -> dict[str, str]:
    """Create the videos and return their URLs by type. `stack` is the result of `Stack.describe`.

    Saves all completed videos. Raises DemoError if any video failed.
    """
    try:
        videos = _create(Client(stack), terminal=terminal)
        failures = {type: reason for type, video in videos.items() if (reason := client.failure(video))}
        for type in videos.keys() - failures.keys():
            client.save(videos[type], folder=folder, names=(f"{type}.mp4", f"{type}.jpg", f"{type}.json"))
    except (requests.RequestException, KeyError) as error:
        raise DemoError(f"unexpected response of the stack: {error!r}") from error
    if failures:
        raise DemoError("; ".join(f"the {type} video {reason}" for type, reason in failures.items()))
    print("", *(f"{type:<12}  {client.credential(video)}" for type, video in videos.items()), sep="\n", file=terminal)
    print(f"Saved an MP4, a thumbnail and a JSON file for each video to {folder}", file=terminal)
    return {type: str(video["video_url"]) for type, video in videos.items()}


def _create(api_client: Client, *, terminal: TextIO) -> dict[str, Video]:
    # A random id, because an id like "sophia" may belong to another user.
    community = f"/v1/communities/{uuid4()}"
    about = json.loads((SAMPLES / "community.json").read_text(encoding="utf-8"))
    api_client.call("PUT", community, {**about, "avatar": api_client.upload(SAMPLES / "avatar-sophia.jpg")})
    bodies = {type: _body(type) for type in TYPES}
    print(api_client.estimate(f"{community}/videos", list(bodies.values())), end="\n\n", file=terminal, flush=True)
    videos = {type: api_client.call("POST", f"{community}/videos", body) for type, body in bodies.items()}
    return api_client.wait_for(videos, terminal=terminal)


def _body(type: str) -> dict[str, str]:
    if type != "custom":
        return {"type": type}
    return {"type": type, "prompt": (SAMPLES / "custom-prompt.txt").read_text(encoding="utf-8").strip()}
