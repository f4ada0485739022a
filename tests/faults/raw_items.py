"""Records as raw items, with values that the model cannot read."""

from typing import Any

from keepreel import aws
from keepreel.db.tables import Video


def read_raw(video: Video) -> Any:
    response = aws.dynamodb_client().get_item(TableName=Video.Meta.table_name, Key=_key(video), ConsistentRead=True)
    return response["Item"]


def write_raw(video: Video, attribute: str, value: Any) -> None:
    aws.dynamodb_client().update_item(
        TableName=Video.Meta.table_name,
        Key=_key(video),
        UpdateExpression="SET #a = :v",
        ExpressionAttributeNames={"#a": attribute},
        ExpressionAttributeValues={":v": value},
    )


def _key(video: Video) -> Any:
    return {"owner": {"S": video.owner}, "video_id": {"S": video.video_id}}
