"""Factories: video records written without a request or a workflow."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import uuid4

import uuid6

from keepreel.db import owners
from keepreel.db.tables import Video, filter_key
from tests.api_client import ApiClient

MODELS, TYPES, STATUSES = ("kling-3.0", "kling-2.6"), ("intro", "promo", "custom"), ("completed", "failed")


def record(
    owner: str,
    *,
    provider: str = "kling",
    model: str = "kling-3.0",
    type: str = "user",
    status: str = "completed",
    **more: Any,
) -> Video:
    """Build a video record."""
    now = datetime.now(UTC)
    return Video(
        owner=owner,
        video_id=str(uuid6.uuid7()),
        payer=owner,
        created_by=owner,
        type=type,
        final_prompt="a warm smile",
        provider=provider,
        model=model,
        duration_seconds=5,
        aspect_ratio="1:1",
        resolution="720p",
        estimated_cost_cents=42,
        usage_day=now.date().isoformat(),
        status=status,
        created_at=now,
        updated_at=now,
        media_secret=uuid4().hex,
        owner_status=filter_key(owner, status),
        owner_type=filter_key(owner, type),
        owner_model=filter_key(owner, model),
        **more,
    )


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
