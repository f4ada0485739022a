"""The communities of a user, as raw items, because one unreadable value must not hide a record from its owner."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.db import due_videos, owners
from keepreel.db.tables import Community

Item = Mapping[str, Any]


def items(owner: str) -> Iterator[Item]:
    """Yield all of a user's communities, also those in deletion. The index may lag behind by a moment."""
    pages = (
        aws.dynamodb_client()
        .get_paginator("query")
        .paginate(
            TableName=Community.Meta.table_name,
            IndexName=Community.by_owner.Meta.index_name,
            KeyConditionExpression="owner_id = :owner",
            ExpressionAttributeValues={":owner": {"S": owner}},
        )
    )
    for page in pages:
        yield from page["Items"]


def ids(owner: str) -> list[str]:
    """Return the ids of all of a user's communities, also of those in deletion."""
    return [it["community_id"]["S"] for it in items(owner)]


def everyone(owner: str) -> list[str]:
    """Return the user and the user's communities, as owners of videos."""
    return [owner, *map(owners.of_community, ids(owner))]


def hide(community_id: str) -> None:
    """Hide a community. One that is hidden or gone stays so."""
    try:
        aws.dynamodb_client().update_item(
            TableName=Community.Meta.table_name,
            Key={"community_id": {"S": community_id}},
            UpdateExpression="SET deleting_at = :now",
            ConditionExpression="attribute_exists(owner_id) AND attribute_not_exists(deleting_at)",
            ExpressionAttributeValues={":now": {"S": due_videos.serialized(datetime.now(UTC))}},
        )
    except ClientError as error:
        if not aws.is_failed_condition(error):
            raise
