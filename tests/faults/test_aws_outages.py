"""AWS does not respond, is busy or refuses: one meaning for each, whichever client and operation."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from keepreel import aws, signing
from keepreel.db import due_videos, transactions
from keepreel.db.request_items import DailyStats, IdempotencyKey, RefusedModels
from keepreel.db.tables import Community, Share, Video
from keepreel.dispatch import execution
from keepreel.errors import StoreUnavailable
from keepreel.media import storage, uploads
from keepreel.people import accounts
from keepreel.settings import settings
from keepreel.workflow import notifications, result_tokens
from keepreel.workflow.step import run_step
from local.simulators.kling.simulator import KlingSimulator
from tests.aws_faults import (
    BROKEN,
    BUSY,
    LOST_REPLY,
    NO_RESPONSE,
    REFUSED,
    Fault,
    answers,
    answers_html,
    aws_faults,
    breaks_off,
    raises,
)
from tests.factories import record
from tests.workflow_driver import STEPS, create_video_with_slot, step

OUTAGES = {
    **{name: raises(error) for name, error in NO_RESPONSE.items()},
    **{name: answers(name, status) for name, status in BUSY.items()},
    "HTML of a load balancer": answers_html,
    "lost reply": LOST_REPLY,
}
DEFECTS = {f"{code} {status}": answers(code, status) for code, status in REFUSED.items()}


def _write_in_batch() -> None:
    with Share.batch_write() as batch:
        batch.delete(Share("x"))


def _start() -> None:
    execution_start(record("user#1"))


execution_start = execution.start  # the fixture of this folder replaces it

OPERATIONS: dict[str, Callable[[], Any]] = {
    "GetItem": lambda: Video.get("user#1", "x", consistent_read=True),
    "Query": lambda: list(Community.by_owner.query("user#1")),
    "UpdateItem": lambda: Video("user#1", "x").update(actions=[Video.views.add(1)]),
    "PutItem": lambda: RefusedModels("x").save(),
    "DeleteItem": lambda: Share("x").delete(),
    "BatchGetItem": lambda: list(DailyStats.batch_get(["x"])),
    "BatchWriteItem": _write_in_batch,
    "TransactWriteItems": lambda: transactions.write(
        lambda it: it.update(IdempotencyKey("x"), actions=[IdempotencyKey.request_hash.set("x")])
    ),
    "Query of the sweeper": lambda: list(due_videos.find(0)),
    "UpdateItem of a client": lambda: aws.dynamodb_client().update_item(
        TableName=settings().requests_table, Key={"key": {"S": "x"}}
    ),
    "GetItem of a client": lambda: aws.dynamodb_client().get_item(
        TableName=settings().requests_table, Key={"key": {"S": "x"}}
    ),
    "Scan of a client": lambda: aws.dynamodb_client().scan(TableName=settings().requests_table, Limit=1),
    "S3 HeadObject": lambda: aws.s3().head_object(Bucket=settings().media_bucket, Key="x"),
    "S3 CopyObject": lambda: aws.s3().copy_object(
        Bucket=settings().media_bucket, Key="x", CopySource={"Bucket": settings().media_bucket, "Key": "y"}
    ),
    "S3 PutObject": lambda: storage.put_thumbnail("x", b"x"),
    "S3 PutObject, conditional": lambda: storage.put_video("x", Path(__file__), source_sha256=None),
    "S3 GetObject": lambda: storage.fetch("x", Path("/dev/null")),
    "S3 GetObject of a report": lambda: storage.read_report("x"),
    "S3 GetObject of an upload": lambda: uploads.read(owner="user#1", source_image=f"upload:{'0' * 32}"),
    "S3 DeleteObjects": lambda: storage.delete("x"),
    "S3 ListObjectsV2": lambda: list(storage.list_keys("x/")),
    "S3 ListObjectVersions": lambda: storage.purge("x/1", "x/2"),
    "StartExecution": _start,
    "SendTaskSuccess": lambda: result_tokens._answer("x", {"video_id": "x"}),
    "Lambda Invoke": lambda: aws.invoke_later("x", {}),
    "AdminGetUser": lambda: accounts.find("x"),
    "AdminDeleteUser": lambda: accounts.delete("x"),
    "PutEvents": lambda: notifications.publish(record("user#1", status="failed", in_flight_shard=1)),
    "GetSecretValue": lambda: signing.signature("x"),
    "GetParameter": lambda: aws.parameter("x"),
    "Sign": lambda: aws.kms().sign(KeyId="x", Message=b"x", SigningAlgorithm="ECDSA_SHA_256"),
}


@pytest.fixture(autouse=True)
def _fresh_values() -> Iterator[None]:
    """Read secrets and parameters anew."""
    aws._secrets().clear_cache()
    aws._parameters().clear_cache()
    yield
    aws._secrets().clear_cache()
    aws._parameters().clear_cache()


@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_outage_of_any_operation_is_recognized(operation: str, outage: str, kling: KlingSimulator) -> None:
    with aws_faults(lambda _: OUTAGES[outage]), pytest.raises(aws.STORE_ERRORS) as raised:
        OPERATIONS[operation]()

    assert aws.is_outage(raised.value)
    with pytest.raises(StoreUnavailable):
        aws.raise_outage(raised.value, "no response")


@pytest.mark.parametrize("error", BROKEN, ids=lambda it: type(it).__name__)
def test_file_that_breaks_off_is_an_outage(error: Exception, kling: KlingSimulator, tmp_path: Path) -> None:
    with aws_faults(lambda _: breaks_off(error)), pytest.raises(aws.STORE_ERRORS) as raised:
        storage.fetch("x", tmp_path / "file")

    assert aws.is_outage(raised.value)


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - {"S3 GetObject of an upload"}))
def test_refused_call_is_not_an_outage(operation: str, defect: str, kling: KlingSimulator) -> None:
    with aws_faults(lambda _: DEFECTS[defect]), pytest.raises(aws.STORE_ERRORS) as raised:
        OPERATIONS[operation]()

    assert not aws.is_outage(raised.value)


@pytest.mark.parametrize("outage", ["read timeout", "ThrottlingException", "HTML of a load balancer", "lost reply"])
@pytest.mark.parametrize("name", STEPS)
def test_step_raises_store_unavailable_whichever_call_fails(name: str, outage: str, kling: KlingSimulator) -> None:
    at = 0
    while True:
        video = _video_before(name)
        with aws_faults(_only(at, OUTAGES[outage])) as plan, suppress(StoreUnavailable):
            run_step({"owner": video.owner, "video_id": video.video_id}, STEPS[name])
        if not plan.faults:
            break
        at += 1
    assert at >= 2


@pytest.mark.parametrize("name", STEPS)
def test_step_raises_a_defect_as_it_is(name: str, kling: KlingSimulator) -> None:
    video = _video_before(name)

    with aws_faults(lambda _: DEFECTS["AccessDeniedException 400"]), pytest.raises(aws.STORE_ERRORS) as raised:
        run_step({"owner": video.owner, "video_id": video.video_id}, STEPS[name])

    assert not isinstance(raised.value, StoreUnavailable)


def _only(number: int, fault: Fault) -> Callable[[int], Fault | None]:
    return lambda call: fault if call == number else None


def _video_before(name: str) -> Video:
    """Create a video whose next step has this name."""
    video = create_video_with_slot()
    status = "queued"
    if name == "failed":
        video.update(actions=[Video.error_code.set("provider_error"), Video.error_message.set("refused")])
        return video
    while status != name:
        status = step(status, video)
    return video
