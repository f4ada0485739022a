"""Count AWS calls and DynamoDB's capacity units, below every client: in botocore's HTTP session.

A retry of the SDK is a call of its own.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.httpsession import URLLib3Session

from tests.bench import capacity
from tests.bench.capacity import Item, Table

_SERVICE = re.compile(rb"Credential=[^/]*/\d+/[^/]+/([^/]+)/aws4_request")
_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to AWS. `write_units` include those of indexes."""

    service: str
    operation: str  # as in the API, or method and file name of a request to S3
    write_units: int = 0
    index_units: int = 0
    read_units: float = 0

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Meter:
    calls: list[Call] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [str(it) for it in self.calls]

    @property
    def write_units(self) -> int:
        return sum(it.write_units for it in self.calls)

    @property
    def index_units(self) -> int:
        return sum(it.index_units for it in self.calls)

    @property
    def read_units(self) -> float:
        return sum(it.read_units for it in self.calls)

    def by_operation(self) -> dict[str, int]:
        return dict(Counter(self.names))


@contextmanager
def metered(*, has_units: bool = True) -> Iterator[Meter]:
    """Count the calls that this thread makes meanwhile. Other threads may run what it has started.

    Without `has_units` no item is read to find its size before and after a call.
    """
    meter, send, thread = Meter(), URLLib3Session.send, threading.get_ident()
    tables = _Tables()

    def counted(session: Any, request: Any) -> Any:
        if tables.is_own_call or threading.get_ident() != thread:
            return send(session, request)
        target = _header(request, "X-Amz-Target").decode()
        if not target.startswith("DynamoDB_"):
            meter.calls.append(_call(request, target=target))
            return send(session, request)
        if not has_units:
            meter.calls.append(Call(service="dynamodb", operation=target.partition(".")[2]))
            return send(session, request)
        operation, body = target.partition(".")[2], json.loads(request.body)
        before = tables.written(operation, body)
        response = send(session, request)
        after = tables.written(operation, body)
        meter.calls.append(_dynamodb_call(operation, body, tables=tables, before=before, after=after))
        return response

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(URLLib3Session, "send", counted)
        yield meter


class _Tables:
    """Reads the tables beside the meter."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodb")
        self.is_own_call = False
        self._found: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        if name not in self._found:
            self._found[name] = Table.of(self._ask("describe_table", TableName=name)["Table"])
        return self._found[name]

    def item(self, name: str, key: Item) -> Item | None:
        found = self._ask("get_item", TableName=name, Key=key, ConsistentRead=True).get("Item")
        return None if found is None else _plain(found)

    def written(self, operation: str, body: Mapping[str, Any]) -> list[Item | None]:
        """Return the present state of the items that a request writes, in the request's order."""
        return [self.item(name, self._key(name, write)) for name, write in _written(operation, body)]

    def queried(self, operation: str, body: Mapping[str, Any]) -> list[int]:
        """Return the sizes of what a Query or Scan reads, also of what its filter leaves out."""
        unfiltered = {name: value for name, value in body.items() if name not in _FILTERS}
        names = {
            alias: name
            for alias, name in body.get("ExpressionAttributeNames", {}).items()
            if alias in body.get("KeyConditionExpression", "")
        }
        values = {
            alias: value
            for alias, value in body.get("ExpressionAttributeValues", {}).items()
            if re.search(rf"{alias}\b", body.get("KeyConditionExpression", ""))
        }
        if names:
            unfiltered["ExpressionAttributeNames"] = names
        if values:
            unfiltered["ExpressionAttributeValues"] = values
        read = map(_plain, self._ask(operation.lower(), **unfiltered)["Items"])
        table = self.table(body["TableName"])
        index = next((it for it in table.indexes if it.name == body.get("IndexName")), None)
        return [capacity.size((index.entry(it) or it) if index else it) for it in read]

    def _key(self, name: str, write: Mapping[str, Any]) -> Item:
        return {key: (write.get("Key") or write["Item"])[key] for key in self.table(name).keys}

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.is_own_call = True
        try:
            return dict(getattr(self._client, method)(**parameters))
        finally:
            self.is_own_call = False


_FILTERS = {
    "FilterExpression",
    "ProjectionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnConsumedCapacity",
    "Select",
}


def _written(operation: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if operation in _WRITES:
        yield body["TableName"], body
    elif operation == "TransactWriteItems":
        for action in body["TransactItems"]:
            ((_, write),) = action.items()
            yield write["TableName"], write
    elif operation == "BatchWriteItem":
        for name, writes in body["RequestItems"].items():
            for write in writes:
                yield name, write.get("PutRequest") or write["DeleteRequest"]


def _dynamodb_call(
    operation: str,
    body: Mapping[str, Any],
    *,
    tables: _Tables,
    before: Iterable[Item | None],
    after: Iterable[Item | None],
) -> Call:
    is_transaction = operation == "TransactWriteItems"
    units = [
        capacity.write(tables.table(name), before=old, after=new, is_transaction=is_transaction)
        for (name, _), old, new in zip(_written(operation, body), before, after, strict=True)
    ]
    return Call(
        service="dynamodb",
        operation=operation,
        write_units=sum(it.total for it in units),
        index_units=sum(it.indexes for it in units),
        read_units=_read_units(operation, body, tables=tables),
    )


def _read_units(operation: str, body: Mapping[str, Any], *, tables: _Tables) -> float:
    if operation in ("Query", "Scan"):
        return capacity.query(tables.queried(operation, body), is_consistent=body.get("ConsistentRead", False))
    if operation == "GetItem":
        found = tables.item(body["TableName"], body["Key"])
        return capacity.read([capacity.size(found or {})], is_consistent=body.get("ConsistentRead", False))
    if operation == "BatchGetItem":
        return sum(_batch_units(name, it, tables=tables) for name, it in body["RequestItems"].items())
    if operation == "TransactGetItems":
        found_items = [tables.item(it["Get"]["TableName"], it["Get"]["Key"]) for it in body["TransactItems"]]
        sizes = [capacity.size(it or {}) for it in found_items]
        return capacity.read(sizes, is_consistent=True, is_transaction=True)
    return 0


def _batch_units(name: str, request: Mapping[str, Any], *, tables: _Tables) -> float:
    sizes = [capacity.size(tables.item(name, key) or {}) for key in request["Keys"]]
    return capacity.read(sizes, is_consistent=request.get("ConsistentRead", False))


def _call(request: Any, *, target: str) -> Call:
    found = _SERVICE.search(_header(request, "Authorization"))
    service = found[1].decode() if found else "unsigned"
    file = urlsplit(request.url).path.rpartition("/")[2]
    return Call(service=service, operation=target.partition(".")[2] or f"{request.method} {file}")


def _header(request: Any, name: str) -> bytes:
    value = request.headers.get(name) or b""
    return value if isinstance(value, bytes) else str(value).encode()


def _plain(item: Mapping[str, Any]) -> Item:
    """Return an item as JSON has it; boto3 adds no types of its own but for binary values."""
    return {name: dict(value) for name, value in item.items()}
