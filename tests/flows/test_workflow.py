"""The state machine in a real interpreter: waits, retries, catches and the sweeper's restart."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.errors import StoreUnavailable
from keepreel.settings import settings
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.api_client import ApiClient

Hook = Callable[[str, Any], None]


@pytest.fixture
def before(stack: Stack) -> Iterator[Callable[[Hook], None]]:
    """Run a hook before every invocation of a function."""

    def set_hook(hook: Hook) -> None:
        stack.invoker.before = hook

    yield set_hook
    stack.invoker.before = None


def raising(function: str, error: Exception, *, times: int) -> Hook:
    left = [error] * times

    def hook(name: str, _event: Any) -> None:
        if name == function and left:
            raise left.pop()

    return hook


def record_of(video: dict[str, Any]) -> Video:
    return video_records.get(owner=video["owner"], video_id=video["id"])


def executions_of(video: dict[str, Any]) -> list[dict[str, Any]]:
    pages = aws.stepfunctions().get_paginator("list_executions").paginate(stateMachineArn=settings().video_workflow_arn)
    return [dict(found) for page in pages for found in page["executions"] if found["name"].startswith(video["id"])]


def make_due(video: dict[str, Any]) -> int:
    """Make the video due for the sweeper, and return its shard."""
    record = record_of(video)
    record.update(actions=[Video.next_check_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    return int(record.in_flight_shard)


def sweep(stack: Stack, video: dict[str, Any]) -> None:
    """Sweep the shard of this video, when it is due."""
    response = stack.invoker.invoke("SweepVideosFunction", {"shard": make_due(video)})
    assert not response.is_error, response.value


def test_workflow_state_is_the_video_key_and_the_last_step_only(user: ApiClient) -> None:
    video = user.follow(user.create_video().json()["id"])

    (execution,) = executions_of(video)
    found = aws.stepfunctions().describe_execution(executionArn=execution["executionArn"])
    assert json.loads(found["input"]) == {"owner": video["owner"], "video_id": video["id"]}
    assert execution["name"] == video["id"]


@pytest.mark.parametrize("function", ["submit_video", "poll_provider", "save_video"])
def test_unavailable_store_is_retried(
    function: str, user: ApiClient, before: Callable[[Hook], None], kling: KlingSimulator
) -> None:
    before(raising(function, StoreUnavailable("for a moment"), times=1))

    video = user.follow(user.create_video().json()["id"])

    assert video["status"] == "completed"
    assert kling.create_calls[video["id"]] == 1


@pytest.mark.parametrize("function", ["submit_video", "poll_provider", "save_video"])
def test_broken_step_delays_the_video_and_the_sweeper_completes_it(
    function: str,
    user: ApiClient,
    before: Callable[[Hook], None],
    kling: KlingSimulator,
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda _seconds: None))
    before(raising(function, KeyError("a defect of ours"), times=3))
    video = user.follow(user.create_video().json()["id"], until=("delayed",))
    assert (video["error"], video["poll_after_seconds"]) == (None, 1)

    sweep(stack, video)
    video = user.follow(video["id"])

    assert video["status"] == "completed"
    assert kling.create_calls[video["id"]] == 1


def test_video_late_by_five_minutes_is_completed_by_the_sweeper(
    user: ApiClient, kling: KlingSimulator, stack: Stack
) -> None:
    kling.configure(finish_seconds=3600)
    created = user.create_video().json()
    user.follow(created["id"], until=("processing",))
    record_of(created).update(actions=[Video.submitted_at.set(datetime.now(UTC) - timedelta(minutes=6))])
    user.follow(created["id"], until=("delayed",))

    kling.configure(finish_seconds=0)
    sweep(stack, created)

    assert user.follow(created["id"])["status"] == "completed"
    assert kling.create_calls[created["id"]] == 1
    assert sorted(execution["name"] for execution in executions_of(created)) == [created["id"], f"{created['id']}-r1"]


def test_lost_start_is_repeated_by_the_sweeper(user: ApiClient, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("keepreel.dispatch.execution.start", lambda _video: True)
        created = user.create_video().json()
        stack.wait_until_idle()
    assert executions_of(created) == []

    shard = make_due(created)
    response = stack.invoker.invoke("SweepVideosFunction", {"source": "aws.scheduler"})

    assert shard in response.value["shards"]
    assert user.follow(created["id"])["status"] == "completed"


def test_sweeper_starts_no_second_workflow_while_one_runs(user: ApiClient, kling: KlingSimulator, stack: Stack) -> None:
    kling.configure(finish_seconds=3600)
    created = user.create_video().json()
    user.follow(created["id"], until=("processing",))

    sweep(stack, created)

    assert [execution["name"] for execution in executions_of(created)] == [created["id"]]
    kling.configure(finish_seconds=0)
    assert user.follow(created["id"])["status"] == "completed"


def test_refused_video_fails_with_a_message(user: ApiClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1301)

    video = user.follow(user.create_video().json()["id"])

    assert (video["status"], video["error"]["code"]) == ("failed", "prompt_rejected")
    assert (video["video_url"], "download" in video["links"], "retry" in video["links"]) == (None, False, True)
    assert "1301" not in video["error"]["message"]


def test_api_keys_are_in_no_workflow_record_or_log(
    user: ApiClient, kling: KlingSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    kling.fault(on="create", kind="code", code=1000, times=2)
    failed = user.follow(user.create_video(prompt="one").json()["id"])
    made = user.follow(user.create_video(prompt="two").json()["id"])

    key = aws.secret(settings().kling_secret_name)["api_key"]
    written = [json.dumps(record_of(video).to_dynamodb_dict()) for video in (failed, made)]
    for video in (failed, made):
        (execution,) = executions_of(video)
        history = aws.stepfunctions().get_execution_history(executionArn=execution["executionArn"])
        written.append(json.dumps(history["events"], default=str))
    logged = [str(record.__dict__) for record in caplog.records]
    assert any(failed["id"] in line for line in logged)
    assert len(key) > 8
    assert [text for text in [*written, *logged] if key in text] == []
