"""Callbacks end to end: the simulators call the API back, and the real state machine waits for it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from keepreel import aws
from keepreel.settings import settings
from keepreel.workflow import submit, usual_times
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.api_client import ApiClient

WITH_CALLBACK = ["SubmitVideo", "ChooseNextStep", "AwaitResult", "ChooseNextStep", "SaveVideo"]


@pytest.fixture(autouse=True)
def _callbacks(limit: Callable[..., None]) -> None:
    """Real waits: without its callback, a video of these tests would be polled after 39 seconds at the earliest."""
    limit(CALLBACKS="yes", WAIT_SCALE="1")
    usual_times.forget()


def states_entered(stack: Stack, video: dict[str, Any]) -> list[str]:
    """Return the names of the states that the video's execution entered, in order."""
    stack.wait_until_idle()
    name = settings().video_workflow_arn.replace(":stateMachine:", ":execution:") + f":{video['id']}"
    events = aws.stepfunctions().get_execution_history(executionArn=name, maxResults=1000)["events"]
    return [it["stateEnteredEventDetails"]["name"] for it in events if "stateEnteredEventDetails" in it]


def test_kling_video_enters_five_states_with_a_callback(stack: Stack, user: ApiClient, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=0.5)

    video = user.follow(user.create_video(model="kling-2.5-turbo").json()["id"])

    assert video["status"] == "completed"
    assert states_entered(stack, video) == WITH_CALLBACK


def test_higgsfield_video_from_an_upload_enters_five_states_with_a_callback(
    stack: Stack, user: ApiClient, higgsfield: HiggsfieldSimulator, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit, "_MAX_UPLOAD_SECONDS", 60)
    higgsfield.configure(finish_seconds=0.5)

    created = user.create_video(model="higgsfield-dop-lite", source_image=user.upload(picture))
    video = user.follow(created.json()["id"])

    assert video["status"] == "completed"
    assert states_entered(stack, video) == WITH_CALLBACK


def test_failed_task_is_closed_by_its_callback(stack: Stack, user: ApiClient, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=0.5)
    kling.fault(on="create", kind="task_fails")

    video = user.follow(user.create_video(model="kling-2.5-turbo").json()["id"])

    assert video["status"] == "failed"
    assert states_entered(stack, video)[-2:] == ["ChooseNextStep", "FailVideo"]


def test_details_of_a_video_do_not_show_its_callback_url(user: ApiClient, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=0.5)

    video = user.follow(user.create_video(model="kling-2.5-turbo").json()["id"])

    assert "callbacks/" not in json.dumps(video)
