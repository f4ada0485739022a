"""What is measured against: a stack with one user's thousand videos, and the same ones in the baseline's tables."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image

from keepreel.db.tables import Video
from local.stack import Stack
from tests.bench import api_events
from tests.bench.baselines import tables
from tests.bench.lives import lives_at
from tests.bench.seeds import copies

LISTED_VIDEOS = 1000


@dataclass(frozen=True, kw_only=True)
class World:
    stack: Stack
    picture: bytes
    user: str  # subject of a token
    video: Video  # made by the workflow; the user has copies of it
    share_token: str


@contextmanager
def running() -> Iterator[World]:
    with ExitStack() as closing:
        patched = closing.enter_context(pytest.MonkeyPatch.context())
        parameters = {"WaitScale": "0", "DailyVideoLimit": "100000"}
        simulator = {"finish_seconds": 0, "video_short_side": 64, "concurrency": 100_000}
        stack = closing.enter_context(Stack(parameters=parameters, simulator=simulator))
        for name, value in tables.VARIABLES.items():
            patched.setitem(os.environ, name, value)
        tables.create()
        yield _filled(stack)


def picture() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((960, 720)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _filled(stack: Stack) -> World:
    user = str(uuid4())
    with lives_at(stack, "kling") as lives:
        video = lives.run(user=user).video
    path = f"/v1/videos/{video.video_id}/share"
    token = api_events.send("library", "POST", path, user=user)["url"].rpartition("/")[2]
    copies(video, LISTED_VIDEOS)
    tables.fill(list(Video.query(video.owner)), shared=video, token=token)
    return World(stack=stack, picture=picture(), user=user, video=video, share_token=token)
