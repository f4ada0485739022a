"""The capacity calculator, on the examples of DynamoDB's documentation."""

import math
from typing import Any

import pytest

from tests.bench import capacity
from tests.bench.capacity import Index, Item, Table, Units

KB = 1024
PLAIN = Table(keys=("id",))
BY_COLOR = Index(name="by_color", keys=("color",), projected=frozenset({"id", "color", "size"}))
INDEXED = Table(keys=("id",), indexes=(BY_COLOR,))


def item(bytes: int, **more: str) -> Item:
    """Return an item of this size."""
    rest = {"id": {"S": "1"}, **{name: {"S": value} for name, value in more.items()}}
    return {**rest, "_": {"S": "x" * (bytes - capacity.size(rest) - 1)}}


@pytest.mark.parametrize(
    ("value", "bytes"),
    [
        ({"S": "Älphabet"}, 9),
        ({"N": "0"}, 2),
        ({"N": "27"}, 2),
        ({"N": "-27"}, 3),
        ({"N": "12300"}, 3),
        ({"N": "0.00123"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"B": "AAAA"}, 3),
        ({"SS": ["a", "bc"]}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 9),
        ({"M": {"name": {"S": "ab"}}}, 10),
    ],
    ids=str,
)
def test_size_of_a_value(value: dict[str, Any], bytes: int) -> None:
    assert capacity.size({"name": value}) == len("name") + bytes


def test_size_includes_the_names() -> None:
    assert capacity.size({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}}) == 23


@pytest.mark.parametrize(("bytes", "units"), [(100, 1), (KB, 1), (KB + 1, 2), (3 * KB + 512, 4)])
def test_write_is_rounded_up_to_a_kilobyte(bytes: int, units: int) -> None:
    assert capacity.write(PLAIN, before=None, after=item(bytes)) == Units(table=units)


def test_transaction_costs_twice() -> None:
    assert capacity.write(PLAIN, before=None, after=item(500), is_transaction=True) == Units(table=2)
    assert capacity.write(PLAIN, before=None, after=item(3 * KB), is_transaction=True) == Units(table=6)


def test_update_costs_the_larger_of_both_items() -> None:
    assert capacity.write(PLAIN, before=item(4 * KB), after=item(100)).total == 4
    assert capacity.write(PLAIN, before=item(100), after=item(4 * KB)).total == 4


def test_delete_costs_the_deleted_item_and_one_unit_if_there_is_none() -> None:
    assert capacity.write(PLAIN, before=item(2 * KB), after=None).total == 2
    assert capacity.write(PLAIN, before=None, after=None).total == 1


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item(100, color="red"), 1),
        (None, item(100), 0),
        (item(100), item(100, color="red"), 1),
        (item(100, color="red"), item(100, color="blue"), 2),
        (item(100, color="red"), item(100), 1),
        (item(100, color="red"), None, 1),
        (item(100, color="red"), item(100, color="red", size="L"), 1),
        (item(100, color="red"), item(100, color="red", note="not projected"), 0),
    ],
    ids=["new", "without key", "key set", "key changed", "key removed", "deleted", "attribute", "not projected"],
)
def test_index_costs_one_write_per_changed_entry_and_two_for_a_new_key(
    before: Item | None, after: Item | None, units: int
) -> None:
    assert capacity.write(INDEXED, before=before, after=after).indexes == units


def test_index_with_all_attributes_costs_the_whole_item_and_is_not_doubled_in_a_transaction() -> None:
    table = Table(keys=("id",), indexes=(Index(name="all", keys=("color",), projected=None),))
    before, after = item(2 * KB, color="red"), item(2 * KB, color="blue")

    assert capacity.write(table, before=before, after=after, is_transaction=True) == Units(table=4, indexes=4)


@pytest.mark.parametrize(
    ("bytes", "is_consistent", "units"), [(3 * KB, True, 1), (3 * KB, False, 0.5), (8 * KB, True, 2), (0, True, 1)]
)
def test_read_is_rounded_up_to_four_kilobytes(bytes: int, is_consistent: bool, units: float) -> None:  # noqa: FBT001
    assert capacity.read([bytes], is_consistent=is_consistent) == units


def test_batch_rounds_each_item_and_query_rounds_the_sum() -> None:
    sizes = [math.ceil(1.5 * KB), math.ceil(6.5 * KB)]

    assert capacity.read(sizes, is_consistent=True) == 3
    assert capacity.query([1536] * 20, is_consistent=True) == 8
    assert capacity.query([math.ceil(40.8 * KB)], is_consistent=False) == 5.5
    assert capacity.query([], is_consistent=False) == 0.5


def test_transaction_reads_twice() -> None:
    assert capacity.read([3 * KB], is_consistent=True, is_transaction=True) == 2


def test_table_of_a_description() -> None:
    description = {
        "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_color",
                "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["size"]},
            },
            {
                "IndexName": "all",
                "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            },
        ],
    }

    assert Table.of(description) == Table(
        keys=("owner", "n"),
        indexes=(
            Index(name="by_color", keys=("color",), projected=frozenset({"owner", "n", "color", "size"})),
            Index(name="all", keys=("color",), projected=None),
        ),
    )
