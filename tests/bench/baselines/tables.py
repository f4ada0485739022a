"""The baseline's tables, with the same videos as ours: two indexes with all attributes, as most services have them."""

import os
from collections.abc import Sequence
from typing import Any

import boto3

from keepreel.db.tables import Video

_SAME = (
    "owner", "video_id", "type", "status", "provider", "model", "duration_seconds", "aspect_ratio", "resolution",
    "payer", "created_by", "usage_day", "estimated_cost_cents", "provider_task_id", "sha256", "source_sha256",
    "width", "height", "size_bytes", "views", "downloads", "options", "content_credentials",
)  # fmt: skip
VIDEOS, ITEMS = "bench-videos", "bench-items"
VARIABLES = {"BENCH_VIDEOS": VIDEOS, "BENCH_ITEMS": ITEMS}


def create() -> None:
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=VIDEOS,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[_attribute(it) for it in ("owner", "video_id", "status", "type", "created_at")],
        KeySchema=_keys("owner", "video_id"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": f"by_{name}",
                "KeySchema": _keys(name, "created_at"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for name in ("status", "type")
        ],
    )
    client.create_table(
        TableName=ITEMS,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[_attribute("key")],
        KeySchema=_keys("key"),
    )


def fill(videos: Sequence[Video], *, shared: Video, token: str) -> None:
    resource = boto3.resource("dynamodb")
    with resource.Table(VIDEOS).batch_writer() as batch:
        for video in videos:
            batch.put_item(Item=item(video, execution=shared.video_id))
    link = {"key": f"share#{token}", "owner": shared.owner, "video_id": shared.video_id}
    resource.Table(ITEMS).put_item(Item=link)


def item(video: Video, *, execution: str) -> dict[str, Any]:
    """Return the same video as a plain item, with the ARN of the execution of this name."""
    times = ("created_at", "updated_at", "completed_at", "submitted_at")
    found = {name: getattr(video, name) for name in _SAME}
    dates = {name: value.isoformat() for name in times if (value := getattr(video, name)) is not None}
    machine = os.environ["VIDEO_WORKFLOW_ARN"].replace(":stateMachine:", ":execution:")
    dates["execution_arn"] = f"{machine}:{execution}"
    prompt = video.prompt or video.final_prompt
    item = {**found, **dates, "prompt": prompt, "final_prompt": video.final_prompt or prompt}
    return {name: _plain(value) for name, value in item.items() if value is not None}


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _attribute(name: str) -> Any:
    return {"AttributeName": name, "AttributeType": "S"}


def _keys(*names: str) -> Any:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]
