"""Faster replacements for moto's DynamoDB transactions and response serializer, and idempotency tokens."""

import base64
import copy
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.core.serialize import JSONSerializer
from moto.dynamodb.exceptions import ERROR_TYPE_PREFIX, DynamodbException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

Json = Any

_TOKEN_LIFETIME_SECONDS = (
    600  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
)
_DATA_OPERATIONS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
_TEXT_TYPES = frozenset({"S", "N", "SS", "NS"})

_moto_transact = DynamoDBBackend.transact_write_items
_moto_serialize = JSONSerializer._serialize_result
_moto_handle_transaction = DynamoHandler.transact_write_items


class CopyWithoutTables:
    """Stand-in for the module `copy` in moto's DynamoDB backend, which deep-copies every table of a transaction.

    `transact_write_items` restores the items itself. A table with a stream is copied, because the copy has its stream.
    """

    @staticmethod
    def deepcopy(value: Any) -> Any:
        return value if isinstance(value, Table) and value.stream_shard is None else copy.deepcopy(value)


class _SavedItem:
    """An item as it was before a transaction, to be put back when the transaction fails."""

    def __init__(self, table: Any, key: Mapping[str, Json]) -> None:
        self._items = table.items
        self._hash_key = DynamoType(key[table.hash_key_attr])
        self._range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
        found = self._items.get(self._hash_key)  # not [], because `items` is a defaultdict
        self._had_partition = found is not None
        item = found.get(self._range_key) if self._range_key and self._had_partition else found
        self._item: Item | None = copy.deepcopy(item)

    def restore(self) -> None:
        if self._range_key is None:
            self._put(self._items, self._hash_key)
            return
        partition = self._items[self._hash_key]
        self._put(partition, self._range_key)
        if not partition and not self._had_partition:
            del self._items[self._hash_key]

    def _put(self, items: dict[DynamoType, Any], key: DynamoType) -> None:
        if self._item is None:
            items.pop(key, None)
        else:
            items[key] = self._item


def transact_write_items(backend: Any, transact_items: list[dict[str, Json]]) -> None:
    """Save the named items, run the transaction, and restore them on any error.

    Two requests must not run at once: the server holds one lock for DynamoDB.
    """
    saved = _saved(backend.tables, transact_items)
    try:
        _moto_transact(backend, transact_items)
    except Exception:
        for item in saved:
            item.restore()
        raise


def _saved(tables: Mapping[str, Any], transact_items: list[dict[str, Json]]) -> list[_SavedItem]:
    saved = []
    for operation in (next(iter(it.values())) for it in transact_items):
        table = tables.get(operation.get("TableName"))
        if table is None or table.stream_shard is not None:
            continue
        key = operation.get("Key") or operation.get("Item") or {}
        if all(name in key for name in table.table_key_attrs):  # moto refuses the others
            saved.append(_SavedItem(table, key))
    return saved


def serialize_result(serializer: Any, response: Any, result: Any) -> Any:
    """Write the results of data operations as they are: moto looks up aliases for each attribute of each item."""
    is_data = serializer.service_model.service_name == "dynamodb" and serializer.operation_name in _DATA_OPERATIONS
    if not is_data or not isinstance(result, dict):
        return _moto_serialize(serializer, response, result)
    shape = serializer.operation_model.output_shape
    body = {name: _wire(result[name]) for name in shape.members if result.get(name) is not None}
    return serializer._serialized_result_to_response(response, result, shape, body)


def _wire(value: Any, *, type: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _wire(it, type=key) for key, it in value.items() if it is not None}
    if isinstance(value, list | tuple | set):
        return [_wire(it, type=type) for it in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if type in _TEXT_TYPES else value


@dataclass(frozen=True)
class _CompletedRequest:
    body: str
    expires_at: float


class IdempotentParameterMismatch(DynamodbException):
    def __init__(self) -> None:
        super().__init__(
            f"{ERROR_TYPE_PREFIX}IdempotentParameterMismatchException",
            message="Request with the same client token but different parameters",
        )


def handle_transaction(handler: Any) -> Any:
    """Answer a repeated request with the first one's success for ten minutes, as DynamoDB does; moto runs it again.

    The SDK repeats a request under the same token when the response was lost. A failed transaction may be retried.
    """
    token = handler.body.get("ClientRequestToken")
    if not token:
        return _moto_handle_transaction(handler)
    completed = _completed(handler.dynamodb_backend)
    body = json.dumps(_wire({**handler.body, "ClientRequestToken": None}), sort_keys=True)
    if earlier := completed.get(token):
        if earlier.body != body:
            raise IdempotentParameterMismatch
        return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
    result = _moto_handle_transaction(handler)
    completed[token] = _CompletedRequest(body, time.monotonic() + _TOKEN_LIFETIME_SECONDS)
    return result


def _completed(backend: Any) -> dict[str, _CompletedRequest]:
    """Return the backend's unexpired completed requests by token. A reset of the backend clears them."""
    now = time.monotonic()
    completed = {token: it for token, it in getattr(backend, "completed_requests", {}).items() if it.expires_at > now}
    backend.completed_requests = completed
    return completed
