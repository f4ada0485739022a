"""A model that its provider refuses costs one failed video: later requests get the successor before they spend."""

from typing import Any

import pytest
from pynamodb.exceptions import PutError

from keepreel import aws, metrics
from keepreel.db import refused_models
from keepreel.errors import Unavailability
from keepreel.models import catalog
from keepreel.settings import settings
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient
from tests.faults.tasks import tasks_of
from tests.workflow_driver import create_video, create_video_from_upload, facts, now, quotas_used, run, step

GONE = "The model 'kling-2.6' has been discontinued and is no longer available."


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    counted: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(metrics, "count", lambda name, value=1, **dimensions: counted.append((name, dimensions)))
    return counted


def refuse(kling: KlingSimulator, **fields: Any) -> Any:
    """Fail a video because Kling has ended its model."""
    kling.fault(on="create", kind="code", code=1203, message=GONE)
    return run(create_video(model="kling-2.6", **fields))


def test_first_video_fails_uncharged_and_names_the_successor(
    kling: KlingSimulator, alarms: list[tuple[str, dict[str, str]]]
) -> None:
    video = refuse(kling)

    assert facts(video, "status", "error_code") == ("failed", "model_unavailable")
    assert video.error_message == "Kling has ended this model. Choose Kling 3.0 (kling-3.0); nothing was charged."
    assert quotas_used(video) == (0, 0, 0)
    assert alarms == [("AccountProblem", {"provider": "kling"})]


def test_queued_videos_of_the_model_are_closed_without_being_sent(
    kling: KlingSimulator, alarms: list[tuple[str, dict[str, str]]]
) -> None:
    queued = create_video(model="kling-2.6")
    refuse(kling)

    closed = run(queued)

    assert facts(closed, "status", "error_code", "attempts") == ("failed", "model_unavailable", None)
    assert "Kling 3.0 (kling-3.0)" in str(closed.error_message)
    assert (tasks_of(kling, closed), kling.create_calls.get(closed.video_id, 0)) == ([], 0)
    assert quotas_used(closed) == (0, 0, 0)
    assert len(alarms) == 1


@pytest.mark.parametrize("more", [{}, {"dry_run": True}])
def test_later_request_gets_the_successor_before_anything_is_spent(
    more: dict[str, Any], user: ApiClient, kling: KlingSimulator
) -> None:
    refuse(kling)

    response = user.create_video(model="kling-2.6", **more)

    problem = response.json()
    assert (response.status_code, problem["code"], problem["successor"]) == (400, "model_unavailable", "kling-3.0")
    assert [error["pointer"] for error in problem["errors"]] == ["/model"]
    assert "Use kling-3.0 (Kling 3.0) instead" in problem["detail"]
    assert user.send("GET", "/v1/videos").json()["videos"] == []


def test_request_that_allows_it_uses_the_successor(user: ApiClient, kling: KlingSimulator) -> None:
    refuse(kling)

    video = user.create_video(model="kling-2.6", allow_successor=True).json()

    assert (video["model"], video["requested_model"]) == ("kling-3.0", "kling-2.6")


def test_refused_model_is_not_listed_and_its_default_moves_on(user: ApiClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1203, message=GONE)
    run(create_video())

    models = {model["id"]: model for model in user.send("GET", "/v1/models").json()["models"]}

    assert "kling-2.5-turbo" not in models
    assert models["kling-2.6"]["default_for"] == ["user", "bot_without_image"]
    assert user.create_video().json()["model"] == "kling-2.6"


def test_models_with_the_same_path_are_refused_together(
    user: ApiClient, higgsfield: HiggsfieldSimulator, picture: bytes
) -> None:
    higgsfield.fault(on="create", kind="code", status=404, detail="Model not found")
    run(create_video_from_upload(picture, model="higgsfield-dop-standard"))

    refused = user.create_video(model="higgsfield/realistic-vision-v5", source_image=user.upload(picture)).json()

    assert (refused["code"], refused["successor"]) == ("model_unavailable", "higgsfield-kling-2.5-turbo-standard")


def test_blocked_model_waits_and_is_not_offered(
    user: ApiClient, higgsfield: HiggsfieldSimulator, picture: bytes
) -> None:
    higgsfield.fault(on="create", kind="code", status=503, detail="Model is disabled or not ready")
    video = create_video_from_upload(picture)

    assert step("queued", video) == "waiting"
    assert "higgsfield-dop-lite" not in {it["id"] for it in user.send("GET", "/v1/models").json()["models"]}
    assert run(video).status == "completed"


def test_failed_write_does_not_change_the_refusal(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> bool:
        raise PutError("no response")

    monkeypatch.setattr(refused_models, "record", fail)

    assert refuse(kling).error_code == "model_unavailable"
    assert now(create_video(model="kling-2.6")).status == "queued"


def test_unlisted_code_is_looked_up_first_and_the_model_is_refused_at_once(
    user: ApiClient, kling: KlingSimulator
) -> None:
    kling.fault(on="create", kind="code", code=1201, message=GONE)
    video = create_video(model="kling-2.6")

    assert step("queued", video) == "queued"
    assert user.create_video(model="kling-2.6").json()["successor"] == "kling-3.0"


@pytest.mark.parametrize("provider", ["kling", "higgsfield"])
def test_task_that_fails_because_its_model_has_ended_ends_the_model(
    provider: str, user: ApiClient, kling: KlingSimulator, higgsfield: HiggsfieldSimulator, picture: bytes
) -> None:
    simulator = kling if provider == "kling" else higgsfield
    simulator.fault(on="create", kind="task_fails", message="This model has been discontinued")
    video = create_video(model="kling-2.6") if provider == "kling" else create_video_from_upload(picture)

    failed = run(video)

    assert failed.error_code == "model_unavailable"
    assert "has ended this model. Choose " in str(failed.error_message)
    assert failed.model not in {it["id"] for it in user.send("GET", "/v1/models").json()["models"]}


@pytest.mark.parametrize("models", [{"N": "5"}, {"S": "not JSON"}, {"S": "[1]"}, {"S": '{"kling-2.6": 1}'}])
def test_damaged_item_stops_no_request_and_is_replaced(
    models: dict[str, str], user: ApiClient, kling: KlingSimulator
) -> None:
    refuse(kling)
    item = {"key": {"S": "refused_models"}, "version": {"N": "7"}, "models": models}
    aws.dynamodb_client().put_item(TableName=settings().requests_table, Item=item)
    refused_models.clear_cache()

    assert user.create_video(model="kling-2.6", dry_run=True).status_code == 200
    assert refuse(kling).error_code == "model_unavailable"
    assert user.create_video(model="kling-2.6", dry_run=True).json()["successor"] == "kling-3.0"


def test_without_any_model_every_request_says_so(user: ApiClient, kling: KlingSimulator) -> None:
    refused_models.record(list(catalog.models()), Unavailability.GONE)

    problems = [user.create_video(dry_run=True, **fields).json() for fields in ({}, {"model": "kling-3.0"})]

    assert [it["code"] for it in problems] == ["model_unavailable"] * 2
    assert all(it["detail"].endswith("No model is available today.") for it in problems)
    assert user.send("GET", "/v1/models").json() == {"models": []}


def test_queue_of_a_model_that_ends_costs_one_call(kling: KlingSimulator) -> None:
    queued = [create_video(model="kling-2.6") for _ in range(10)]
    for _ in queued:
        kling.fault(on="create", kind="code", code=1200, message=GONE)
    before = sum(kling.create_calls.values())

    closed = [run(video) for video in queued]

    assert sum(kling.create_calls.values()) == before + 1
    assert {facts(it, "status", "error_code") for it in closed} == {("failed", "model_unavailable")}
    assert {quotas_used(it) for it in closed} == {(0, 0, 0)}
