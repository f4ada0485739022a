"""Patched moto behaves like unpatched moto, stores no model instances, closes files, and loads EC2 on first use."""

import subprocess
import sys
from typing import Any

import pytest
from moto.dynamodb.models.dynamo_type import Item

from local.aws import moto_patches, moto_queries
from tests.local.aws import moto_client
from tests.local.aws.moto_client import Client
from tests.local.aws.moto_scenarios import queries, query, reads_and_writes, record, updates
from tests.local.aws.moto_transactions import ONE, count, put, transactions


@pytest.mark.parametrize("scenario", [reads_and_writes, updates, queries, transactions])
def test_patched_moto_behaves_like_unpatched_moto(dynamodb: Client, scenario: moto_client.Scenario) -> None:
    assert moto_client.patched(dynamodb, scenario) == moto_client.unpatched(dynamodb, scenario)


def test_no_model_instance_is_stored(patched_tables: Client) -> None:
    from moto.core.model_instances import model_data

    def stored_instances() -> int:
        models: list[Any] = [model for service in model_data.values() for model in service.values()]
        return sum(len(model.instances_tracked) for model in models)

    before = stored_instances()
    patched_tables.transact_write_items(TransactItems=[put("1"), count(ONE)])
    patched_tables.query(**query("owner = :a", a="bob"))

    assert stored_instances() == before


def test_transaction_copies_only_the_named_items(patched_tables: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = counted(monkeypatch, Item, "__deepcopy__")
    for number in range(20):
        patched_tables.put_item(TableName="records", Item=record("bob", str(number)))
    copied.clear()

    patched_tables.transact_write_items(TransactItems=[put("1"), put("2"), count(ONE)])

    assert len(copied) == 2  # of "1" and "2"; there is no counter yet


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (query("owner = :a", a="bob"), 3),
        ({**query("#s = :a", a="a"), "IndexName": "by_state", "ExpressionAttributeNames": {"#s": "state"}}, 2),
    ],
)
def test_query_sorts_only_the_items_of_its_partition(
    condition: dict[str, Any], found: int, patched_tables: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        patched_tables.put_item(TableName="records", Item=record("ann", str(number), state={"S": "b"}))
    for number in range(3):
        patched_tables.put_item(TableName="records", Item=record("bob", str(number), state={"S": "aab"[number]}))
    compared = counted(monkeypatch, moto_queries, "_sort_key")

    items = patched_tables.query(**condition)["Items"]

    assert (len(items), len(compared)) == (found, found)


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[Any]:
    """Return a list that grows with each call of this function."""
    calls: list[Any] = []
    original = getattr(owner, name)

    def call(*args: Any) -> Any:
        calls.append(args)
        return original(*args)

    monkeypatch.setattr(owner, name, call)
    return calls


def test_overwritten_object_closes_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    moto_patches.apply()
    for name, value in moto_patches.S3_MEMORY_BYTES.items():
        monkeypatch.setenv(name, value)

    with moto_client.server() as url:
        s3 = moto_client.client(url, "s3")
        s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": moto_client.REGION})
        for content in (b"a" * 100_000, b"b" * 100_000):
            s3.put_object(Bucket="files", Key="video", Body=content)
        stored = _stored_object("files", "video")
        read = s3.get_object(Bucket="files", Key="video", Range="bytes=0-2")["Body"].read()
        s3.delete_object(Bucket="files", Key="video")
        s3.delete_bucket(Bucket="files")
        s3.close()

    assert stored._value_buffer._rolled
    assert read == b"bbb"


def _stored_object(bucket: str, name: str) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends["123456789012"]["aws"].buckets[bucket].keys[name]


def test_ec2_is_loaded_on_first_use_and_is_the_real_one() -> None:
    script = """
import sys
from local.aws.moto_imports import import_without_ec2
import_without_ec2()
import local.aws.moto_server
assert not {"moto.ec2", "moto.batch.models"} & sys.modules.keys()
import moto.ssm.models
assert "moto.ec2" not in sys.modules
assert moto.ssm.models.ec2_backends["123456789012"]["us-east-1"].all_reservations(filters={}) == []
from moto.ec2 import ec2_backends
from moto.batch import batch_backends
from moto.batch.utils import JobStatus
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_batch
assert state_task_service_batch.JobStatus is JobStatus
assert batch_backends["123456789012"]["us-east-1"] and type(ec2_backends).__name__ == "BackendDict"
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
