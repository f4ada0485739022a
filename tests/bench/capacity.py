"""DynamoDB's capacity units, computed from items and requests, because moto does not compute them.

Rules: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html and GSI.html there;
sizes: CapacityUnitCalculations.html. An item is in DynamoDB's JSON: {"name": {"S": "value"}}.
"""

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

_WRITE_BYTES, _READ_BYTES = 1024, 4096
_CONTAINER_BYTES = 3  # a list or map, plus one byte per element


@dataclass(frozen=True, kw_only=True)
class Index:
    """A global secondary index. `projected` names the attributes of its entries; None means all of them."""

    name: str
    keys: tuple[str, ...]
    projected: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """Return the index's entry of an item, or None if the item is missing or lacks one of the keys."""
        if item is None or any(key not in item for key in self.keys):
            return None
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}


@dataclass(frozen=True, kw_only=True)
class Table:
    keys: tuple[str, ...]
    indexes: tuple[Index, ...] = ()

    @staticmethod
    def of(description: Mapping[str, Any]) -> "Table":
        """Read a table of DescribeTable's response, or the properties of one in a template."""
        keys = _key_names(description["KeySchema"])
        found = description.get("GlobalSecondaryIndexes", ())
        return Table(keys=keys, indexes=tuple(_index(it, table_keys=keys) for it in found))


@dataclass(frozen=True, kw_only=True)
class Units:
    """Write units of one write: of the table, and of its indexes."""

    table: int
    indexes: int = 0

    @property
    def total(self) -> int:
        return self.table + self.indexes


def size(item: Item) -> int:
    """Return the size of an item in bytes: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def write(table: Table, *, before: Item | None, after: Item | None, is_transaction: bool = False) -> Units:
    """Return the units of a put, update or delete. A failed or empty write costs as much as a write of the old item.

    A transaction writes the table's item twice. Its indexes are written afterwards, once.
    """
    bytes_written = max((size(it) for it in (before, after) if it is not None), default=0)
    indexes = sum(_index_units(index.entry(before), index.entry(after), index=index) for index in table.indexes)
    return Units(table=_write_units(bytes_written) * (2 if is_transaction else 1), indexes=indexes)


def read(sizes: Iterable[int], *, is_consistent: bool, is_transaction: bool = False) -> float:
    """Return the units of reads of single items, each rounded up by itself. A missing item has size 0."""
    factor = 2.0 if is_transaction else 1.0 if is_consistent else 0.5
    return sum(max(1, math.ceil(it / _READ_BYTES)) * factor for it in sizes)


def query(sizes: Sequence[int], *, is_consistent: bool) -> float:
    """Return the units of a Query or Scan: its items are added up before they are rounded, and filters save nothing."""
    return read([sum(sizes)], is_consistent=is_consistent)


def _index_units(before: Item | None, after: Item | None, *, index: Index) -> int:
    """One write for a new, removed or changed entry; two, a delete and a put, if its key has changed."""
    if before is None or after is None:
        entry = before if after is None else after
        return 0 if entry is None else _write_units(size(entry))
    if before == after:
        return 0
    if any(before[key] != after[key] for key in index.keys):
        return _write_units(size(before)) + _write_units(size(after))
    return _write_units(max(size(before), size(after)))


def _write_units(bytes_written: int) -> int:
    return max(1, math.ceil(bytes_written / _WRITE_BYTES))


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_size(content)
        case "B":
            return _binary_size(content)
        case "BOOL" | "NULL":
            return 1
        case "SS":
            return sum(len(it.encode()) for it in content)
        case "NS":
            return sum(map(_number_size, content))
        case "BS":
            return sum(map(_binary_size, content))
        case "L":
            return _CONTAINER_BYTES + sum(1 + _value_size(it) for it in content)
        case "M":
            return _CONTAINER_BYTES + sum(1 + len(name.encode()) + _value_size(it) for name, it in content.items())
    raise ValueError(f"no DynamoDB type: {kind}")


def _number_size(text: str) -> int:
    """One byte per two significant digits, without zeros at either end, and one more; another one for a minus sign."""
    sign, digits, _ = Decimal(text).normalize().as_tuple()
    return math.ceil(len(digits) / 2) + 1 + sign


def _binary_size(content: str | bytes) -> int:
    return len(base64.b64decode(content)) if isinstance(content, str) else len(content)


def _index(description: Mapping[str, Any], *, table_keys: tuple[str, ...]) -> Index:
    keys, projection = _key_names(description["KeySchema"]), description["Projection"]
    always = frozenset((*keys, *table_keys))
    is_all = projection["ProjectionType"] == "ALL"
    projected = None if is_all else always | frozenset(projection.get("NonKeyAttributes", ()))
    return Index(name=description["IndexName"], keys=keys, projected=projected)


def _key_names(schema: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(it["AttributeName"] for it in schema)
