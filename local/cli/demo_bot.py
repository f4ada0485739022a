"""A community's four videos side by side, as its owner makes them: its avatar, its texts, one video of each type."""

import json
from pathlib import Path
from typing import TextIO
from uuid import uuid4

import requests

from local.aws.template import Json
from local.cli import client
from local.cli.client import Client, Failed, Video
from local.paths import SAMPLES

PROVIDER = "higgsfield"  # whose model a bot gets where none is asked for
TYPES = ("intro", "promo", "token_reveal", "custom")


def run(stack: dict[str, Json], *, folder: Path, terminal: TextIO) -> dict[str, str]:
    """Makes the videos with a running stack, as `Stack.describe` tells of it, and answers their URLs by type.

    Raises Failed if one of them is missing; the others are saved all the same.
    """
    try:
        videos = _made(Client(stack), terminal=terminal)
        failures = {type: reason for type, video in videos.items() if (reason := client.failure(video))}
        for type in videos.keys() - failures.keys():
            client.keep(videos[type], folder=folder, names=(f"{type}.mp4", f"{type}.jpg", f"{type}.json"))
    except (requests.RequestException, KeyError) as error:
        raise Failed(f"the stack did not answer as it should: {error!r}") from error
    if failures:
        raise Failed("; ".join(f"the {type} video {reason}" for type, reason in failures.items()))
    print(f"\nSaved an .mp4, a .jpg and a .json of each in {folder}", file=terminal)
    return {type: str(video["video_url"]) for type, video in videos.items()}


def _made(signed_in: Client, *, terminal: TextIO) -> dict[str, Video]:
    # A world of communities may share an id like "sophia", so this one is nobody else's.
    community = f"/v1/communities/{uuid4()}"
    about = json.loads((SAMPLES / "community.json").read_text(encoding="utf-8"))
    signed_in.call("PUT", community, {**about, "avatar": signed_in.upload(SAMPLES / "avatar-sophia.jpg")})
    wanted = {type: _wanted(type) for type in TYPES}
    print(signed_in.estimate(f"{community}/videos", list(wanted.values())), end="\n\n", file=terminal, flush=True)
    videos = {type: signed_in.call("POST", f"{community}/videos", order) for type, order in wanted.items()}
    return signed_in.follow(videos, terminal=terminal)


def _wanted(type: str) -> dict[str, str]:
    if type != "custom":
        return {"type": type}
    return {"type": type, "prompt": (SAMPLES / "custom-prompt.txt").read_text(encoding="utf-8").strip()}
