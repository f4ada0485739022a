"""Create a video while the table or the workflow service fails."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ConnectTimeoutError
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError
from pynamodb.transactions import TransactWrite

from keepreel.db.request_items import IdempotencyKey
from keepreel.db.tables import Video
from keepreel.dispatch import execution
from keepreel.errors import StoreUnavailable
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import create, spec
from keepreel.videos.create import Created
from tests.aws_faults import Fault, answers, aws_faults
from tests.workflow_driver import now, usage

OWNER = "user#someone"


def create_video(key: str | None, *, owner: str = OWNER) -> Created:
    return create.create(spec.for_user(VideoRequest(prompt="a warm smile"), owner=owner), key=key)


def test_write_with_a_lost_response_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    commit = TransactWrite._commit

    def commit_twice(transaction: TransactWrite) -> None:  # as the SDK does when the first response is lost
        commit(transaction)
        commit(transaction)

    monkeypatch.setattr(TransactWrite, "_commit", commit_twice)

    created = create_video("lost reply")

    (video,) = created.videos
    assert [video.video_id for video in create_video("lost reply").videos] == [video.video_id]
    assert now(video).status == "queued"


def test_failed_workflow_start_still_returns_the_video(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(_video: Video) -> bool:
        raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")

    monkeypatch.setattr(execution, "start", unavailable)

    (video,) = create_video("start lost").videos

    record = now(video)
    assert (record.status, record.in_flight_shard) == ("queued", video.in_flight_shard)
    assert record.next_check_at is not None


def test_transaction_conflict_is_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    commit, conflicts = TransactWrite._commit, iter([True, True, False])

    def conflicting(transaction: TransactWrite) -> None:
        if next(conflicts, False):
            raise _conflict()
        commit(transaction)

    monkeypatch.setattr(TransactWrite, "_commit", conflicting)

    (video,) = create_video("conflict").videos

    assert now(video).status == "queued"


def test_each_try_of_a_transaction_sends_the_same_body_and_token() -> None:
    bodies: list[bytes] = []

    def busy_at_first(request: Any) -> Fault | None:
        if request.headers.get("X-Amz-Target") != b"DynamoDB_20120810.TransactWriteItems":
            return None
        bodies.append(request.body)
        return answers("TransactionInProgressException", 400) if len(bodies) <= 5 else None

    with aws_faults(at_request=busy_at_first):
        (video,) = create_video("one token", owner=f"user#{uuid4()}").videos

    assert now(video).status == "queued"
    assert len(bodies) == 6
    assert len(set(bodies)) == 1
    assert len(json.loads(bodies[0])["ClientRequestToken"]) == 36


def test_lasting_transaction_conflict_creates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(list(Video.query(OWNER, consistent_read=True)))

    def conflicting(_transaction: TransactWrite) -> None:
        raise _conflict()

    monkeypatch.setattr(TransactWrite, "_commit", conflicting)
    monkeypatch.setattr("keepreel.db.transactions.time.sleep", lambda _seconds: None)

    with pytest.raises(StoreUnavailable):
        create_video("endless conflict")

    assert len(list(Video.query(OWNER, consistent_read=True))) == before


@pytest.mark.parametrize("key", [None, "expires in two days"])
def test_expired_idempotency_key_creates_another_video(key: str | None) -> None:
    first = create_video(key)
    (idempotency_key,) = IdempotencyKey.scan(IdempotencyKey.video_ids.contains(first.videos[0].video_id))
    assert create_video(key).videos[0].video_id == first.videos[0].video_id

    idempotency_key.update(actions=[IdempotencyKey.expires_at.set(datetime.now(UTC) - timedelta(seconds=1))])

    assert create_video(key).videos[0].video_id != first.videos[0].video_id


def test_video_counts_in_the_daily_usage() -> None:
    (video,) = create_video("counted").videos
    before = usage(video)

    create_video("counted")
    create_video("counted too")

    assert usage(video) == before + 1


def _conflict() -> TransactWriteError:
    error: dict[str, Any] = {"Error": {"Code": "TransactionCanceledException"}}
    reasons: list[CancellationReason | None] = [None, None, CancellationReason(code="TransactionConflict")]
    return TransactWriteError("conflict", VerboseClientError(error, "TransactWriteItems", cancellation_reasons=reasons))
