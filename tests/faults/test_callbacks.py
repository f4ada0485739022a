"""Faults between a callback and the workflow that waits: none loses the result, and each order of events finds it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.poll_provider import app as poll_provider
from keepreel import aws
from keepreel.db import video_records
from keepreel.db.request_items import GenerationTimes, ResultToken
from keepreel.db.tables import Video
from keepreel.errors import StoreUnavailable
from keepreel.workflow import poll, result_tokens, usual_times
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.faults.tasks import tasks_of
from tests.workflow_driver import create_video, now, step

TOKEN = "token"
CONTEXT: Any = SimpleNamespace(function_name="keepreel-dev-poll", aws_request_id="invocation")
EARLIER, LATER = "2026-11-28T12:00:00.000Z", "2026-11-28T12:00:10.000Z"


class StepFunctions:
    """Records the answers to task tokens; `error` is raised after the answer was delivered, or instead of it."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, str]] = []
        self.error: Exception | None = None

    def send_task_success(self, *, taskToken: str, output: str) -> None:  # noqa: N803
        if self.error:
            raise self.error
        self.answers.append((taskToken, output))


@pytest.fixture(autouse=True)
def states(
    limit: Callable[..., None], kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StepFunctions]:
    limit(CALLBACKS="yes")
    kling.configure(callback_delivery="drop")
    usual_times.forget()
    states = StepFunctions()
    monkeypatch.setattr(aws, "stepfunctions", lambda: states)
    yield states
    usual_times.forget()


@pytest.fixture
def processing(kling: KlingSimulator) -> Video:
    video = create_video()
    assert step("queued", video) == "processing"
    return video


def wait(video: Video, token: str = TOKEN, *, entered_at: str = EARLIER) -> None:
    result_tokens.wait(owner=video.owner, video_id=video.video_id, token=token, entered_at=entered_at)


def poll_after_callback(video: Video) -> str:
    event = {"owner": video.owner, "video_id": video.video_id, "is_callback": True}
    return str(poll_provider.lambda_handler(event, CONTEXT)["status"])


def answer(video: Video, status: str, token: str = TOKEN) -> tuple[str, str]:
    result = f'{{"owner": "{video.owner}", "video_id": "{video.video_id}", "status": "{status}", "wait_seconds": 0}}'
    return token, result


def test_callback_answers_the_workflow_that_waits(processing: Video, states: StepFunctions) -> None:
    wait(processing)
    assert states.answers == []

    assert poll_after_callback(processing) == "saving"

    assert states.answers == [answer(processing, "saving")]


def test_callback_before_the_token_is_stored_is_seen_by_the_wait(processing: Video, states: StepFunctions) -> None:
    assert poll_after_callback(processing) == "saving"
    assert states.answers == []

    wait(processing)

    assert states.answers == [answer(processing, "saving")]


def test_callback_between_the_token_and_the_read_is_answered(
    processing: Video, states: StepFunctions, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reads = video_records.get, []

    def poll_first(*, owner: str, video_id: str) -> Video:
        reads.append(video_id)
        if len(reads) == 1:
            assert poll_after_callback(processing) == "saving"
        return read(owner=owner, video_id=video_id)

    monkeypatch.setattr(video_records, "get", poll_first)
    wait(processing)

    assert set(states.answers) == {answer(processing, "saving")}


def test_failed_task_and_gone_video_are_answered(processing: Video, states: StepFunctions) -> None:
    processing.update(actions=[Video.error_code.set("provider_error")])
    wait(processing)
    processing.delete()
    wait(processing)

    assert states.answers == [answer(processing, "failed"), answer(processing, "deleting")]


def test_running_task_and_a_poll_without_a_callback_answer_nothing(
    processing: Video, states: StepFunctions, kling: KlingSimulator
) -> None:
    kling.configure(finish_seconds=1000)
    video = create_video()
    assert step("queued", video) == "processing"
    wait(video)
    wait(processing)

    assert poll_after_callback(video) == "processing"
    event = {"owner": processing.owner, "video_id": processing.video_id}
    assert poll_provider.lambda_handler(event, CONTEXT)["status"] == "saving"

    assert states.answers == []


def refused(code: str, operation: str = "SendTaskSuccess") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, operation)


OUTAGES = [refused("ThrottlingException"), EndpointConnectionError(endpoint_url="https://states")]


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_answer_to_a_wait_that_has_ended_changes_nothing(code: str, processing: Video, states: StepFunctions) -> None:
    wait(processing)
    states.error = refused(code)

    assert poll_after_callback(processing) == "saving"

    assert step("processing", processing) == "saving"
    assert step("saving", processing) == "completed"


@pytest.mark.parametrize("error", OUTAGES, ids=str)
def test_answer_that_is_not_delivered_is_repeated_by_lambda(
    error: Exception, processing: Video, states: StepFunctions
) -> None:
    """Otherwise the workflow would wait for as long as the slowest of the model's last videos took."""
    wait(processing)
    states.error = error
    with pytest.raises(StoreUnavailable):
        poll_after_callback(processing)
    states.error = None

    assert poll_after_callback(processing) == "saving"

    assert states.answers == [answer(processing, "saving")]


def test_answer_that_is_refused_is_an_error_of_the_function(processing: Video, states: StepFunctions) -> None:
    wait(processing)
    states.error = refused("AccessDeniedException")

    with pytest.raises(ClientError, match="AccessDenied"):
        poll_after_callback(processing)


def test_token_that_cannot_be_read_is_read_again_by_lambda(
    processing: Video, states: StepFunctions, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait(processing)

    def refuse(*_: Any, **__: Any) -> None:
        raise refused("ThrottlingException", "GetItem")

    with monkeypatch.context() as patched:
        patched.setattr(ResultToken, "get", refuse)
        with pytest.raises(StoreUnavailable):
            poll_after_callback(processing)

    assert poll_after_callback(processing) == "saving"
    assert states.answers == [answer(processing, "saving")]


def test_wait_whose_answer_is_not_delivered_is_retried(processing: Video, states: StepFunctions) -> None:
    assert poll_after_callback(processing) == "saving"
    states.error = OUTAGES[0]
    with pytest.raises(StoreUnavailable):
        wait(processing)
    states.error = None

    wait(processing, "second try", entered_at=EARLIER)

    assert states.answers == [answer(processing, "saving", "second try")]


def test_repeated_poll_answers_again_after_a_kill(processing: Video, states: StepFunctions) -> None:
    wait(processing)
    states.error = RuntimeError("killed")
    with pytest.raises(RuntimeError):
        poll_after_callback(processing)
    states.error = None

    assert poll_after_callback(processing) == "saving"  # Lambda repeats an asynchronous event

    assert states.answers == [answer(processing, "saving")]


def test_token_that_cannot_be_stored_fails_the_wait_only(
    processing: Video, states: StepFunctions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its retries have failed, the workflow waits without a token, and polls."""

    def refuse(*_: Any, **__: Any) -> None:
        raise refused("ThrottlingException", "UpdateItem")

    with monkeypatch.context() as patched:
        patched.setattr(ResultToken, "update", refuse)
        with pytest.raises(StoreUnavailable):  # the state machine retries this class
            wait(processing)

    assert step("processing", processing) == "saving"
    assert states.answers == []


def test_wait_that_was_held_up_does_not_replace_the_token_of_a_later_one(
    processing: Video, states: StepFunctions
) -> None:
    wait(processing, "later", entered_at=LATER)
    wait(processing, "zombie", entered_at=EARLIER)

    poll_after_callback(processing)

    assert states.answers == [answer(processing, "saving", "later")]


def test_later_wait_replaces_the_token(processing: Video, states: StepFunctions) -> None:
    wait(processing, "earlier", entered_at=EARLIER)
    wait(processing, "later", entered_at=LATER)

    poll_after_callback(processing)

    assert states.answers == [answer(processing, "saving", "later")]


def test_wait_without_callbacks_costs_no_call(
    processing: Video, states: StepFunctions, limit: Callable[..., None]
) -> None:
    limit(CALLBACKS="no")

    wait(processing)

    assert list(ResultToken.query(f"wait#{processing.video_id}")) == []


def test_callback_of_a_delayed_video_makes_it_due_because_its_workflow_has_ended(
    processing: Video, states: StepFunctions
) -> None:
    in_hours = datetime.now(UTC) + timedelta(hours=6)
    processing.update(actions=[Video.status.set("delayed"), Video.next_check_at.set(in_hours)])

    assert poll_after_callback(processing) == "saving"

    due = now(processing).next_check_at
    assert due is not None
    assert due <= datetime.now(UTC)


def test_resend_sends_the_same_callback_url_and_body(
    higgsfield: HiggsfieldSimulator, monkeypatch: pytest.MonkeyPatch, limit: Callable[..., None]
) -> None:
    higgsfield.configure(callback_delivery="drop")
    video = create_video(model="higgsfield-dop-lite", source_image="https://example.com/cat.jpg")
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)
    assert step("queued", video) == "queued"
    sent = now(video).attempt_request
    assert sent is not None
    assert "hf_webhook" in sent

    limit(CALLBACKS="no")  # changed in between
    video.update(actions=[Video.attempted_at.set(datetime.now(UTC) - timedelta(minutes=2))])
    assert step("queued", video) == "processing"

    assert len(tasks_of(higgsfield, video)) == 1


def test_end_that_a_callback_found_is_learned(
    processing: Video, states: StepFunctions, limit: Callable[..., None]
) -> None:
    limit(CALLBACKS="yes", WAIT_SCALE=1)
    key = f"times#{processing.model}"
    for left_over in GenerationTimes.query(key):
        left_over.delete()

    poll_after_callback(processing)
    poll_after_callback(processing)

    ((seconds, is_by_callback),) = GenerationTimes.get(key).times
    assert (seconds < 60, is_by_callback) == (True, True)
    GenerationTimes.get(key).delete()


@pytest.mark.parametrize(
    ("known", "minutes_ago", "found_by", "stored"),
    [(20, 1, "callback", 0), (20, 1, "poll", 1), (20, 11, "callback", 1), (19, 1, "callback", 1)],
)
def test_time_is_not_stored_while_the_last_ones_are_recent(
    known: int, minutes_ago: int, found_by: str, stored: int, processing: Video, limit: Callable[..., None]
) -> None:
    limit(WAIT_SCALE=1)
    key = f"times#{processing.model}"
    GenerationTimes(key).delete(add_version_condition=False)
    stored_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    GenerationTimes(key, times=[[90.0, True]] * known, stored_at=stored_at).save()

    usual_times.record(processing, is_by_callback=found_by == "callback")

    assert sum(it != [90.0, True] for it in GenerationTimes.get(key).times) == stored
    GenerationTimes.get(key).delete()


def test_two_polls_at_once_learn_the_end_once(
    processing: Video, states: StepFunctions, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A callback that is sent twenty times must not make one video all of the model's last ones."""
    limit(CALLBACKS="yes", WAIT_SCALE=1)
    for left_over in GenerationTimes.query(f"times#{processing.model}"):
        left_over.delete()
    poll_provider_once = poll._task_state

    def poll_twice(video: Video) -> Any:
        with monkeypatch.context() as patched:
            patched.setattr(poll, "_task_state", poll_provider_once)
            assert poll_after_callback(processing) == "saving"
        return poll_provider_once(video)

    monkeypatch.setattr(poll, "_task_state", poll_twice)
    assert poll_after_callback(processing) == "saving"

    times = GenerationTimes.get(f"times#{processing.model}")
    assert len(times.times) == 1
    times.delete()


def test_times_that_cannot_be_stored_or_read_do_not_delay_a_video(
    processing: Video, states: StepFunctions, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(CALLBACKS="yes", WAIT_SCALE=1)

    def refuse(*_: Any, **__: Any) -> None:
        raise refused("ThrottlingException", "GetItem")

    monkeypatch.setattr(GenerationTimes, "get", refuse)

    assert usual_times.usual_seconds("kling-2.6") == 90
    assert step("processing", processing) == "saving"
