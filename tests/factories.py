"""Factories: video records written without a request or a workflow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import uuid6

from keepreel.db import owners
from keepreel.db.status import Status, group
from keepreel.db.tables import Video, filter_key, type_key
from keepreel.media import storage, thumbnails
from local.simulators.video import encode, gradients
from tests.api_client import ApiClient

PROMPT = "a warm smile"
MODELS, TYPES, STATUSES = ("kling-3.0", "kling-2.6"), ("intro", "promo", "custom"), ("completed", "failed")


def record(
    owner: str,
    *,
    provider: str = "kling",
    model: str = "kling-3.0",
    type: str = "user",
    status: str = "completed",
    payer: str | None = None,
    created_by: str | None = None,
    final_prompt: str = PROMPT,
    **more: Any,
) -> Video:
    """Build a video record; `more` are further fields, or override the defaults below."""
    now = datetime.now(UTC)
    defaults = {
        "duration_seconds": 5,
        "aspect_ratio": "1:1",
        "resolution": "720p",
        "created_at": now,
        "updated_at": now,
    }
    return Video(
        owner=owner,
        video_id=str(uuid6.uuid7()),
        payer=payer or owner,
        created_by=created_by or owner,
        type=type,
        final_prompt=final_prompt,
        provider=provider,
        model=model,
        estimated_cost_cents=42,
        usage_day=now.date().isoformat(),
        status=status,
        media_secret=uuid4().hex,
        owner_status=filter_key(owner, group(Status(status))),
        owner_type=type_key(owner, type),
        owner_model=filter_key(owner, model),
        **{**defaults, **more},
    )


@dataclass(frozen=True, kw_only=True)
class MediaFiles:
    mp4: bytes
    frame: thumbnails.FirstFrame


@cache
def media_files() -> MediaFiles:
    """A real MP4 of 64 × 64 pixels and its first frame."""
    image = gradients.gradient(PROMPT, width=64, height=64)
    mp4 = encode.encode_mp4(image, move=encode.move_for(PROMPT), width=64, height=64, seconds=5)
    return MediaFiles(mp4=mp4, frame=thumbnails.first_frame(BytesIO(mp4)))


def finished_video(
    user: ApiClient, *, community_id: str | None = None, prompt: str = PROMPT, **more: Any
) -> dict[str, Any]:
    """Write a finished video of the user or a community with its files, and return it as the API does.

    The provider does not know its task, and it counts in no quota.
    """
    files = media_files()
    video = record(
        owners.of_community(community_id) if community_id else user.owner,
        payer=user.owner,
        created_by=user.owner,
        prompt=prompt,
        final_prompt=prompt,
        size_bytes=len(files.mp4),
        sha256=sha256(files.mp4).hexdigest(),
        source_sha256=sha256(files.mp4).hexdigest(),
        width=files.frame.width,
        height=files.frame.height,
        measured_seconds=files.frame.seconds,
        completed_at=datetime.now(UTC),
        **{
            "provider_task_id": "881325677500892675",
            "options": {"sound": False, "watermark": False},
            "content_credentials": "absent",
            **more,
        },
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "video.mp4")
        path.write_bytes(files.mp4)
        storage.put_video(storage.video_key(video), path, source_sha256=None)
    storage.put_thumbnail(storage.thumbnail_key(video), files.frame.jpeg)
    video.save()
    folder = f"/v1/communities/{community_id}/videos" if community_id else "/v1/videos"
    return user.video(video.video_id, videos=folder)


def write(videos: Iterable[Video]) -> list[str]:
    """Write records and return their ids, the last one first."""
    ids: list[str] = []
    with Video.batch_write() as batch:
        for video in videos:
            batch.save(video)
            ids.insert(0, video.video_id)
    return ids


def put(owner: str, count: int, **kind: str) -> list[str]:
    """Write records of one kind and return their ids, newest first."""
    return write(record(owner, **kind) for _ in range(count))


def put_all_kinds(owner: str, *, rounds: int) -> None:
    """Write one record of each model, type and status per round."""
    kinds = product(range(rounds), MODELS, TYPES, STATUSES)
    write(record(owner, model=model, type=type, status=status) for _, model, type, status in kinds)


def place(user: ApiClient, flow: str) -> tuple[str, str]:
    """Return the path and the owner of the user's videos, or of a new community's."""
    if flow == "user":
        return "/v1/videos", user.owner
    community_id = uuid4().hex
    return user.put_community(community_id), owners.of_community(community_id)
