"""Faster replacements for moto's DynamoDB queries and comparisons of values."""

import copy
from collections.abc import Mapping
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

# Types whose `cast_value` is the value itself. Nearly every key is a text.
_PLAIN = frozenset({"S", "B", "BOOL"})

_moto_query = Table.query
_moto_cast_value = vars(DynamoType)["cast_value"].fget


def cast_value(value: Any) -> Any:
    """Return the Python value. moto asks for six other types before text."""
    return value.value if value.type in _PLAIN else _moto_cast_value(value)


def equals(value: Any, other: Any) -> bool:
    if value.type != other.type:
        return False
    if value.type in _PLAIN:
        return bool(value.value == other.value)
    return bool(value.cast_value == other.cast_value)


def query(table: Any, hash_key: DynamoType | None, *args: Any, **options: Any) -> Any:
    """Query a view that lists only the items of the partition, sorted: moto sorts the whole table for each request."""
    if _index_name(args, options):
        found = _with_values(table, dict(options.get("hash_key_conditions") or ()))
    elif hash_key is not None:
        found = _partition(table, hash_key)
    else:
        return _moto_query(table, hash_key, *args, **options)
    view = copy.copy(table)
    view.all_items = lambda: sorted(found, key=_sort_key)
    return _moto_query(view, hash_key, *args, **options)


def _index_name(args: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    """`index_name` follows six other parameters after the hash key."""
    return args[6] if len(args) > 6 else options.get("index_name")


def _partition(table: Any, hash_key: DynamoType) -> list[Item]:
    if hash_key not in table.items:  # not [], because `items` is a defaultdict
        return []
    found = table.items[hash_key]
    return list(found.values()) if table.range_key_attr else [found]


def _with_values(table: Any, conditions: Mapping[str, DynamoType]) -> list[Item]:
    """Return the items with these attributes, of all partitions."""
    partitions = table.items.values()
    items = (it for partition in partitions for it in partition.values()) if table.range_key_attr else partitions
    return [it for it in items if all(name in it.attrs and it.attrs[name] == conditions[name] for name in conditions)]


def _sort_key(item: Item) -> tuple[Any, Any]:
    """Every key of a table has the same type, so its plain value sorts like the key."""
    return item.hash_key.cast_value, item.range_key and item.range_key.cast_value
