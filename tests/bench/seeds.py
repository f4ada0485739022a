"""Copies of a finished video, for lists."""

from datetime import timedelta

import boto3
import uuid6

from keepreel.db.tables import Video
from keepreel.settings import settings


def copies(video: Video, count: int) -> None:
    """Write copies of an item as it is stored, under new ids, each a minute older than the one before."""
    table, client = settings().videos_table, boto3.client("dynamodb")
    key = {"owner": {"S": video.owner}, "video_id": {"S": video.video_id}}
    item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    for age in range(1, count + 1):
        created_at = f"{video.created_at - timedelta(minutes=age):%Y-%m-%dT%H:%M:%S.%f%z}"
        copy = {**item, "video_id": {"S": str(uuid6.uuid7())}, "created_at": {"S": created_at}}
        client.put_item(TableName=table, Item=copy)
