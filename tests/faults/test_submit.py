"""Submit: stored request, refusals, full accounts and images."""

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from keepreel.db.tables import Video
from keepreel.media import images, uploads
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient
from tests.faults.tasks import backdate, tasks_of
from tests.workflow_driver import create_video, facts, now, run, step, usage


def test_submit_stores_the_task_id_and_the_request(kling: KlingSimulator, user: ApiClient, picture: bytes) -> None:
    video = create_video(model="kling-v2-6")

    assert step("queued", video) == "processing"

    record, (task,) = now(video), tasks_of(kling, video)
    assert (record.status, record.provider_task_id, record.attempts) == ("processing", task["id"], 1)
    sent = json.loads(record.attempt_request or "")
    assert sent["path"] == "/v1/videos/text2video"
    assert (sent["body"]["prompt"], sent["body"]["external_task_id"]) == ("a warm smile", video.video_id)


def test_attempt_stores_the_hash_of_an_image_only(kling: KlingSimulator, user: ApiClient, picture: bytes) -> None:
    source_image = user.upload(picture)
    created = user.create_video(source_image=source_image, aspect_ratio="1:1", model="kling-v2-6").json()
    video = Video.get(user.owner, created["id"])

    step("queued", video)

    sent = json.loads(now(video).attempt_request or "")
    assert sent["body"]["image"].startswith("sha256:")


def test_repeated_step_submits_nothing(kling: KlingSimulator) -> None:
    video = create_video()

    assert [step("queued", video) for _ in range(3)] == ["processing"] * 3

    assert kling.create_calls[video.video_id] == 1


@pytest.mark.parametrize("code", [1302, 1303])
def test_busy_provider_is_retried_later(code: int, kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=code, times=3, external_id=video.video_id)

    assert [step("queued", video) for _ in range(3)] == ["waiting"] * 3
    assert facts(now(video), "attempt_token", "error_code") == (None, None)
    assert run(video).status == "completed"

    assert len(tasks_of(kling, video)) == 1


@pytest.mark.parametrize(
    ("code", "error_code"),
    [
        (1301, "prompt_rejected"),
        (1200, "provider_error"),
        (1201, "provider_error"),
        (1103, "model_unavailable"),
        (1203, "model_unavailable"),
        (1100, "provider_error"),
        (1101, "provider_error"),
        (1102, "provider_error"),
        (1304, "provider_error"),
        (1000, "provider_error"),
    ],
)
def test_refusal_fails_the_video_with_its_message_and_is_refunded(
    code: int, error_code: str, kling: KlingSimulator
) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=code, times=2, external_id=video.video_id)

    record = run(video)

    assert facts(record, "status", "error_code", "in_flight_shard") == ("failed", error_code, None)
    assert record.error_message
    assert str(code) not in record.error_message
    assert (usage(video), tasks_of(kling, video)) == (0, [])


def test_upload_replaced_by_a_non_image_fails_before_the_submit(
    kling: KlingSimulator, user: ApiClient, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = user.create_video(source_image=user.upload(picture)).json()
    video = Video.get(user.owner, created["id"])
    monkeypatch.setattr(uploads, "read", lambda **_: b"<html>")

    record = run(video)

    assert (record.status, record.error_code, usage(video)) == ("failed", "image_rejected", 0)
    assert video.video_id not in kling.create_calls


def test_provider_busy_for_days_keeps_the_video_queued(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=1303, external_id=video.video_id)
    backdate(video, ago=timedelta(days=5))

    assert step("queued", video) == "waiting"
    assert facts(now(video), "status", "slot_token") == ("queued", None)
    assert run(video).status == "completed"


def test_uploaded_image_is_cropped_for_the_provider(kling: KlingSimulator, user: ApiClient, picture: bytes) -> None:
    created = user.create_video(source_image=user.upload(picture), aspect_ratio="1:1", model="kling-v2-6").json()
    video = Video.get(user.owner, created["id"])

    step("queued", video)

    (task,) = tasks_of(kling, video)
    cut = images.crop(picture, aspect_ratio="1:1", min_side=300)
    assert Image.open(BytesIO(cut)).size == (720, 720)
    assert task["body"]["image"]["sha256"] == sha256(cut).hexdigest()
