"""Transactions in patched moto: rollback without a copy of the tables, and ClientRequestToken."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.local.aws import moto_client
from tests.local.aws.moto_client import Client, contents, outcome
from tests.local.aws.moto_scenarios import key, record
from tests.local.aws.moto_transactions import ABSENT, ONE, TRANSACTIONS, count, put, random_transactions


def token() -> str:
    """A token that no other test has used: moto's backend stores tokens for ten minutes."""
    return uuid4().hex


@pytest.mark.parametrize("seed", range(3))
def test_random_transactions_have_the_same_effect(dynamodb: Client, seed: int) -> None:
    def scenario(client: Client) -> list[Any]:
        return random_transactions(seed, client)

    assert moto_client.patched(dynamodb, scenario) == moto_client.unpatched(dynamodb, scenario)


def test_failed_transaction_leaves_no_trace(patched_tables: Client) -> None:
    before = contents(patched_tables)

    for operations in ([put("1"), count({"S": "x"})], [put("1"), put("1")]):
        outcome(patched_tables.transact_write_items, TransactItems=operations)

    assert contents(patched_tables) == before
    assert patched_tables.describe_table(TableName="records")["Table"]["ItemCount"] == 0


def test_transaction_copies_no_table(patched_tables: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any, __: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("moto.dynamodb.models.table.Table.__deepcopy__", fail, raising=False)

    patched_tables.transact_write_items(TransactItems=[put("1"), count(ONE)])

    assert patched_tables.get_item(TableName="records", Key=key("bob", "1"))["Item"]["blob"] == {"B": b"\x09"}


def test_table_with_a_stream_is_restored_by_moto(dynamodb: Client) -> None:
    def scenario(client: Client) -> list[Any]:
        specification = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        client.update_table(TableName="records", StreamSpecification=specification)
        return [outcome(client.transact_write_items, TransactItems=TRANSACTIONS[5]), contents(client)]

    assert moto_client.patched(dynamodb, scenario) == moto_client.unpatched(dynamodb, scenario)


def test_repeated_transaction_with_the_same_token_runs_once(patched_tables: Client) -> None:
    request = {"TransactItems": [put("1", ConditionExpression=ABSENT), count(ONE)], "ClientRequestToken": token()}

    first = outcome(patched_tables.transact_write_items, **request)
    second = outcome(patched_tables.transact_write_items, **request)

    assert "Error" not in first
    assert second == first
    assert patched_tables.scan(TableName="counters")["Items"] == [{"name": {"S": "ann"}, "used": ONE}]


def test_unpatched_moto_ignores_the_token(dynamodb: Client) -> None:
    """The day this fails, moto honors the token itself and the patch can go."""

    def scenario(client: Client) -> list[Any]:
        request = {"TransactItems": [put("1", ConditionExpression=ABSENT)], "ClientRequestToken": token()}
        return [outcome(client.transact_write_items, **request) for _ in range(2)]

    _, second = moto_client.unpatched(dynamodb, scenario)

    assert second["Error"]["Code"] == "TransactionCanceledException"


def test_token_with_a_different_request_is_a_mismatch(patched_tables: Client) -> None:
    same = token()
    patched_tables.transact_write_items(TransactItems=[put("1")], ClientRequestToken=same)

    with pytest.raises(ClientError) as caught:
        patched_tables.transact_write_items(TransactItems=[put("2")], ClientRequestToken=same)

    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
    assert len(contents(patched_tables)[0]) == 1


def test_canceled_transaction_may_be_retried_with_its_token(patched_tables: Client) -> None:
    request = {"TransactItems": [put("2", ConditionExpression=ABSENT)], "ClientRequestToken": token()}
    patched_tables.put_item(TableName="records", Item=record("bob", "2"))
    canceled = outcome(patched_tables.transact_write_items, **request)
    patched_tables.delete_item(TableName="records", Key=key("bob", "2"))

    retried = outcome(patched_tables.transact_write_items, **request)

    assert canceled["Error"]["Code"] == "TransactionCanceledException"
    assert "Error" not in retried


def test_token_expires_after_ten_minutes(patched_tables: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"TransactItems": [count(ONE)], "ClientRequestToken": token()}
    now = [0.0]
    monkeypatch.setattr("local.aws.moto_dynamodb.time", SimpleNamespace(monotonic=lambda: now[0]))

    for now[0] in (1000.0, 1599.0, 1601.0):
        patched_tables.transact_write_items(**request)

    assert patched_tables.scan(TableName="counters")["Items"] == [{"name": {"S": "ann"}, "used": {"N": "2"}}]
