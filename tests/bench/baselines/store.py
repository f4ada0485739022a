"""The tables as most services use them: boto3's resources made at import, one call per step, all-attribute indexes."""

import hashlib
import json
import os
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

videos = boto3.resource("dynamodb").Table(os.environ["BENCH_VIDEOS"])
items = boto3.resource("dynamodb").Table(os.environ["BENCH_ITEMS"])  # usage, idempotency keys, share links
s3 = boto3.client("s3")
stepfunctions = boto3.client("stepfunctions")
secrets = boto3.client("secretsmanager")

BUCKET = os.environ["MEDIA_BUCKET"]
WORKFLOW = os.environ["VIDEO_WORKFLOW_ARN"]
DAILY_LIMIT = 1_000_000


class NotFound(Exception):
    pass


def create(owner: str, request: dict[str, Any]) -> dict[str, Any]:
    """Check the image and the usage, store key, video and usage, and start the workflow: 5 calls, 6 with an image."""
    if image := request.get("source_image"):
        s3.head_object(Bucket=BUCKET, Key=f"uploads/{owner.replace('#', '/')}/{image.removeprefix('upload:')}")
    now = datetime.now(UTC)
    usage_key = f"usage#{owner}#{now.date()}"
    used: dict[str, Any] = items.get_item(Key={"key": usage_key}).get("Item", {})
    if used.get("videos", 0) >= DAILY_LIMIT:
        raise ValueError("the daily limit is reached")
    request_hash = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    video = _new_video(owner, request, now=now)
    items.put_item(
        Item={
            "key": f"request#{owner}#{request_hash}",
            "video_id": video["video_id"],
            "expires_at": int((now + timedelta(days=1)).timestamp()),
        },
        ConditionExpression=Attr("key").not_exists(),
    )
    videos.put_item(Item=video)
    items.update_item(Key={"key": usage_key}, UpdateExpression="ADD videos :one", ExpressionAttributeValues={":one": 1})
    stepfunctions.start_execution(
        stateMachineArn=WORKFLOW,
        name=video["video_id"],
        input=json.dumps({"owner": owner, "video_id": video["video_id"]}),
    )
    return video


def get(owner: str, video_id: str) -> dict[str, Any]:
    found = videos.get_item(Key={"owner": owner, "video_id": video_id}, ConsistentRead=True).get("Item")
    if found is None:
        raise NotFound
    return found


def status(owner: str, video_id: str) -> dict[str, Any]:
    """Return the video with the state of its execution: 2 calls."""
    video = get(owner, video_id)
    if "execution_arn" in video:
        video["execution"] = stepfunctions.describe_execution(executionArn=video["execution_arn"])["status"]
    return video


def listed(owner: str, *, limit: int) -> list[dict[str, Any]]:
    """Return an owner's newest videos from a Scan, as services do whose table has the video's id as its only key."""
    found = videos.scan(FilterExpression=Attr("owner").eq(owner))["Items"]
    return sorted(found, key=lambda it: str(it["created_at"]), reverse=True)[:limit]


def queried(owner: str, *, limit: int) -> list[dict[str, Any]]:
    """Return an owner's newest videos from a Query."""
    is_owners = Key("owner").eq(owner)
    return list(videos.query(KeyConditionExpression=is_owners, ScanIndexForward=False, Limit=limit)["Items"])


def shared(token: str) -> dict[str, Any]:
    """Return a shared video and count the view in its record: 2 calls."""
    link = items.get_item(Key={"key": f"share#{token}"}).get("Item")
    if link is None:
        raise NotFound
    return _counted(str(link["owner"]), str(link["video_id"]), "views")


def download_url(owner: str, video_id: str) -> str:
    """Return a signed URL and count the download in the record: 2 calls."""
    get(owner, video_id)
    _counted(owner, video_id, "downloads")
    return s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": f"media/{video_id}.mp4"})


def delete(owner: str, video_id: str) -> None:
    """Delete both files and the record: 4 calls."""
    get(owner, video_id)
    for extension in ("mp4", "jpg"):
        s3.delete_object(Bucket=BUCKET, Key=f"media/{video_id}.{extension}")
    videos.delete_item(Key={"owner": owner, "video_id": video_id})


def change_status(owner: str, video_id: str, to: str, **more: Any) -> None:
    """Set the status and further attributes, as each step of the workflow does."""
    values = {"status": to, "updated_at": datetime.now(UTC).isoformat(), **more}
    videos.update_item(
        Key={"owner": owner, "video_id": video_id},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
        ExpressionAttributeNames={f"#{name}": name for name in values},
        ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
    )


def _counted(owner: str, video_id: str, counter: str) -> dict[str, Any]:
    return videos.update_item(
        Key={"owner": owner, "video_id": video_id},
        UpdateExpression="ADD #counter :one",
        ExpressionAttributeNames={"#counter": counter},
        ExpressionAttributeValues={":one": 1},
        ReturnValues="ALL_NEW",
    )["Attributes"]


def _new_video(owner: str, request: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    return {
        **{name: value for name, value in request.items() if value is not None},
        "owner": owner,
        "video_id": str(uuid.uuid4()),
        "created_by": owner,
        "type": "user",
        "status": "queued",
        "provider": "kling",
        "final_prompt": request["prompt"],
        "created_at": now.isoformat(),
        "updated_at": now.isoformat(),
        "views": 0,
        "downloads": 0,
        "execution_arn": WORKFLOW.replace("stateMachine", "execution"),
    }
