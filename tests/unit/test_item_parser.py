"""Responses of DynamoDB are parsed to the same values as by botocore, also what our tables do not store."""

import json
from base64 import b64encode
from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser

from keepreel.item_parser import Factory

_BINARY = b64encode(b"\x00\xff").decode()
_ITEM: dict[str, Any] = {
    "text": {"S": "ä"},
    "number": {"N": "1.5"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "binary": {"B": _BINARY},
    "binaries": {"BS": [_BINARY]},
    "list": {"L": [{"S": "a"}, {"B": _BINARY}, {"M": {"inner": {"B": _BINARY}}}]},
    "map": {"M": {"inner": {"L": [{"B": _BINARY}]}, "text": {"S": "a"}}},
}
_KEY = {"owner": {"S": "user#1"}, "video_id": {"S": "1"}}
_RESPONSES: dict[str, tuple[int, dict[str, Any]]] = {
    "GetItem": (200, {"Item": _ITEM}),
    "Query": (200, {"Items": [_ITEM, _KEY], "Count": 2, "ScannedCount": 3, "LastEvaluatedKey": _KEY}),
    "BatchGetItem": (200, {"Responses": {"table": [_ITEM]}, "UnprocessedKeys": {"table": {"Keys": [_KEY]}}}),
    "UpdateItem": (200, {"Attributes": _ITEM, "ConsumedCapacity": {"TableName": "table", "CapacityUnits": 1.0}}),
    "TransactGetItems": (200, {"Responses": [{"Item": _ITEM}, {}]}),
    "PutItem": (400, {"__type": "com.amazonaws#ConditionalCheckFailedException", "message": "no", "Item": _ITEM}),
    "TransactWriteItems": (
        400,
        {
            "__type": "com.amazonaws#TransactionCanceledException",
            "Message": "canceled",
            "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": _ITEM}],
        },
    ),
}


@pytest.mark.parametrize("operation", sorted(_RESPONSES))
def test_response_is_parsed_as_by_botocore(operation: str) -> None:
    model = botocore.session.get_session().get_service_model("dynamodb").operation_model(operation)
    assert model.output_shape
    status, body = _RESPONSES[operation]
    response = {"status_code": status, "headers": {}, "body": json.dumps(body).encode()}

    parsed = Factory().create_parser("json").parse(response, model.output_shape)

    assert parsed == create_parser("json").parse(response, model.output_shape)
