"""The floor: botocore alone, one client per service, one call per item; no framework, no validation."""

import json
import os
import uuid
from functools import cache
from typing import Any

import botocore.session


@cache
def client(service: str) -> Any:
    return session().create_client(service)


@cache
def session() -> botocore.session.Session:
    return botocore.session.get_session()


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    http = event["requestContext"]["http"]
    parts = http["path"].strip("/").split("/")
    if parts[0] == "s":
        return _answer(200, _shared(parts[1]))
    owner = f"user#{event['requestContext']['authorizer']['jwt']['claims']['sub']}"
    if http["method"] == "POST":
        return _answer(202, _create(owner, json.loads(event["body"])))
    if len(parts) > 2:
        return _answer(200, _video(owner, parts[2]))
    return _answer(200, _list(owner))


def _video(owner: str, video_id: str) -> Any:
    key = {"owner": {"S": owner}, "video_id": {"S": video_id}}
    return client("dynamodb").get_item(TableName=os.environ["VIDEOS_TABLE"], Key=key, ConsistentRead=True)["Item"]


def _list(owner: str) -> Any:
    return client("dynamodb").query(
        TableName=os.environ["VIDEOS_TABLE"],
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": {"S": owner}},
        ScanIndexForward=False,
        Limit=20,
    )["Items"]


def _shared(token: str) -> Any:
    key = {"key": {"S": f"share#{token}"}}
    link = client("dynamodb").get_item(TableName=os.environ["BENCH_ITEMS"], Key=key)["Item"]
    return _video(link["owner"]["S"], link["video_id"]["S"])


def _create(owner: str, request: dict[str, Any]) -> Any:
    video_id = str(uuid.uuid4())
    item = {"owner": {"S": owner}, "video_id": {"S": video_id}, "prompt": {"S": request["prompt"]}}
    put = {"TableName": os.environ["VIDEOS_TABLE"], "Item": item}
    client("dynamodb").transact_write_items(TransactItems=[{"Put": put}])
    client("lambda").invoke(
        FunctionName="SweepVideosFunction", InvocationType="Event", Payload=json.dumps(item).encode()
    )
    return item


def _answer(status: int, content: Any) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(content, default=bytes.hex),
    }
