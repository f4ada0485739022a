"""Transactions to run against patched and unpatched moto."""

import random
from typing import Any

from tests.local.aws.moto_client import Client, contents, outcome
from tests.local.aws.moto_scenarios import EVERY_TYPE, key, record


def transactions(client: Client) -> list[Any]:
    client.put_item(TableName="records", Item=record("ann", "1", **EVERY_TYPE))
    client.put_item(TableName="counters", Item={"name": {"S": "ann"}, "used": {"N": "1"}})
    outcomes: list[Any] = []
    for operations in TRANSACTIONS:
        outcomes += [outcome(client.transact_write_items, TransactItems=operations), contents(client)]
    return outcomes


def put(id: str, **options: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "records", "Item": record("bob", id, blob={"B": b"\x09"}), **options}}


def change(operation: str, owner: str, id: str, **options: Any) -> dict[str, Any]:
    return {operation: {"TableName": "records", "Key": key(owner, id), **options}}


def count(step: Any, **options: Any) -> dict[str, Any]:
    update = {"UpdateExpression": "ADD used :step", "ExpressionAttributeValues": {":step": step}}
    return {"Update": {"TableName": "counters", "Key": {"name": {"S": "ann"}}, **update, **options}}


ONE, ABSENT, PRESENT = {"N": "1"}, "attribute_not_exists(id)", "attribute_exists(id)"
_OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
TRANSACTIONS: list[list[dict[str, Any]]] = [
    [put("1", ConditionExpression=ABSENT), count(ONE)],
    [put("1", ConditionExpression=ABSENT), count(ONE)],
    [count(ONE), put("2"), put("1", ConditionExpression=ABSENT, **_OLD)],
    [count(ONE), change("Delete", "ann", "1"), change("ConditionCheck", "bob", "7", ConditionExpression=PRESENT)],
    [
        change("ConditionCheck", "ann", "1", ConditionExpression=ABSENT, **_OLD),
        count(ONE),
        change("Delete", "bob", "1", ConditionExpression=ABSENT),
        put("3"),
    ],
    [put("4"), count({"S": "not a number"})],
    [put("4"), put("5"), put("4")],
    [put("6"), {"Put": {"TableName": "missing", "Item": record("bob", "6")}}],
    [put("6"), {"Put": {"TableName": "records", "Item": {"owner": {"S": "no range key"}}}}],
    [change("ConditionCheck", "ann", "1", ConditionExpression=PRESENT), change("Delete", "bob", "1"), count(ONE)],
    [change("Delete", "bob", "missing"), change("ConditionCheck", "bob", "1", ConditionExpression=ABSENT)],
]


def random_transactions(seed: int, client: Client) -> list[Any]:
    draw = random.Random(seed)
    outcomes: list[Any] = []
    for _ in range(25):
        operations = [_random_operation(draw) for _ in range(draw.randint(1, 4))]
        outcomes += [outcome(client.transact_write_items, TransactItems=operations), contents(client)]
    return outcomes


def _random_operation(draw: random.Random) -> dict[str, Any]:
    id, condition = draw.choice("12345"), {"ConditionExpression": draw.choice([ABSENT, PRESENT])}
    optional = draw.choice([{}, condition, {**condition, **_OLD}])
    return draw.choice(
        [
            put(id, **optional),
            count(draw.choice([ONE, ONE, {"S": "not a number"}])),
            change("Delete", "bob", id, **optional),
            change("ConditionCheck", "bob", id, **condition),
            change(
                "Update",
                "bob",
                id,
                UpdateExpression="SET changed = :x ADD total :x",
                ExpressionAttributeValues={":x": ONE},
                **optional,
            ),
        ]
    )
