"""Submit to Higgsfield: image upload, refusals and full accounts."""

import json
from typing import Any
from uuid import uuid4

import pytest

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.media import uploads
from keepreel.settings import settings
from keepreel.workflow import attempts, submit
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.faults.tasks import tasks_of
from tests.workflow_driver import create_video, create_video_from_upload, facts, now, quotas_used, run, step

FOREIGN = "https://example.com/portrait.jpg"


@pytest.fixture
def video(higgsfield: HiggsfieldSimulator) -> Video:
    return create_video(model="higgsfield-dop-lite", source_image=FOREIGN)


def test_uploaded_image_is_hosted_at_the_provider_and_its_url_stored(
    higgsfield: HiggsfieldSimulator, picture: bytes
) -> None:
    video = create_video_from_upload(picture)

    assert step("queued", video) == "processing"

    record, (task,) = now(video), tasks_of(higgsfield, video)
    sent = json.loads(record.attempt_request or "")
    assert sent == {"path": "/higgsfield-ai/dop/lite", "body": task["body"], "is_whole": True}
    assert sent["body"]["image_url"] == record.hosted_image_url
    assert (record.hosted_image_url or "").startswith(higgsfield.base_url)
    assert settings().media_bucket not in (record.attempt_request or "")


def test_external_image_url_is_passed_on_and_never_fetched(video: Video, higgsfield: HiggsfieldSimulator) -> None:
    step("queued", video)

    (task,) = tasks_of(higgsfield, video)
    assert task["body"] == {"prompt": "a warm smile", "image_url": FOREIGN, "enhance_prompt": False}
    assert now(video).hosted_image_url is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 400, "detail": "prompt violates our content policy"}, "prompt_rejected"),
        ({"status": 404}, "model_unavailable"),
        ({"status": 422, "detail": [{"loc": ["body", "prompt"], "msg": "too long"}]}, "provider_error"),
        ({"status": 422, "detail": [{"loc": ["body", "seed"], "msg": "must be different"}]}, "provider_error"),
        ({"status": 401}, "provider_error"),
        ({"status": 402, "detail": "Payment required"}, "provider_error"),
        ({"status": 403}, "provider_error"),
    ],
    ids=str,
)
def test_refusal_is_reported_and_refunded(
    fault: dict[str, Any], code: str, video: Video, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="create", kind="code", times=2, external_id=video.video_id, **fault)

    record = run(video)

    assert facts(record, "status", "error_code") == ("failed", code)
    assert quotas_used(video) == (0, 0, 0)
    assert tasks_of(higgsfield, video) == []


@pytest.mark.parametrize("status", [400, 423, 429, 503])
def test_full_account_is_retried_later(status: int, video: Video, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="create", kind="code", status=status, times=3, external_id=video.video_id)

    assert [step("queued", video) for _ in range(3)] == ["waiting"] * 3
    assert facts(now(video), "attempt_token", "error_code") == (None, None)
    assert run(video).status == "completed"

    assert len(tasks_of(higgsfield, video)) == 1


def test_image_is_uploaded_once_while_the_account_is_full(higgsfield: HiggsfieldSimulator, picture: bytes) -> None:
    video = create_video_from_upload(picture)
    higgsfield.fault(on="create", kind="code", status=400, times=2, external_id=video.video_id)
    assert [step("queued", video) for _ in range(2)] == ["waiting"] * 2
    first = now(video).hosted_image_url
    higgsfield.fault(on="upload", kind="drop", times=50)

    assert run(video).status == "completed"
    assert now(video).hosted_image_url == first


@pytest.mark.parametrize("on", ["upload", "upload_file"])
@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "http", "status": 502}], ids=str)
def test_failed_image_upload_is_retried(
    fault: dict[str, Any], on: str, higgsfield: HiggsfieldSimulator, picture: bytes
) -> None:
    video = create_video_from_upload(picture)
    higgsfield.fault(on=on, times=2, **fault)

    assert [step("queued", video) for _ in range(2)] == ["queued"] * 2
    assert higgsfield.create_calls.get(video.video_id) is None
    assert run(video).status == "completed"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "task_fails", "message": "out of memory"}, "provider_error"),
        ({"kind": "nsfw"}, "output_rejected"),
        ({"kind": "canceled"}, "provider_error"),
    ],
    ids=str,
)
def test_uncharged_task_without_a_video_is_refunded_once(
    fault: dict[str, Any], code: str, video: Video, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="create", external_id=video.video_id, **fault)

    record = run(video)
    again = [step("failed", video) for _ in range(3)]

    assert facts(record, "status", "error_code") == ("failed", code)
    assert "othing was charged" in (record.error_message or "")
    assert (again, quotas_used(video)) == (["failed"] * 3, (0, 0, 0))


def test_expired_download_url_is_requested_again(video: Video, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="download", kind="expired", external_id=video.video_id)
    assert [step("queued", video), step("processing", video)] == ["processing", "saving"]
    with pytest.raises(Exception, match="403"):
        step("saving", video)

    assert step("saving", video) == "completed"


def test_crash_after_an_upload_keeps_the_earlier_one(
    higgsfield: HiggsfieldSimulator, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_from_upload(picture)
    end = f"upload:{uuid4().hex}"
    aws.s3().put_object(Bucket=settings().media_bucket, Key=_key(video, end), Body=picture)
    video.update(actions=[Video.options.set({"end_image": end})])
    uploaded = attempts.record_uploaded_image

    def crash_at_the_second(video: Video, key: str, url: str) -> None:
        if video.hosted_image_url:
            raise RuntimeError("crash after the upload")
        uploaded(video, key, url)

    monkeypatch.setattr(attempts, "record_uploaded_image", crash_at_the_second)
    with pytest.raises(RuntimeError):
        step("queued", video)
    monkeypatch.setattr(attempts, "record_uploaded_image", uploaded)
    hosted = now(video).hosted_image_url
    assert facts(now(video), "hosted_images", "attempt_token") == (None, None)
    assert step("queued", video) == "processing"

    record, (task,) = now(video), tasks_of(higgsfield, video)
    assert task["body"]["image_url"] == record.hosted_image_url == hosted
    assert task["body"]["end_image_url"] == record.hosted_images[end]


def test_submit_after_a_slow_upload_has_its_full_timeout(
    higgsfield: HiggsfieldSimulator, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_from_upload(picture)
    monkeypatch.setattr(submit, "_MAX_UPLOAD_SECONDS", 0)

    assert step("queued", video) == "queued"
    assert now(video).hosted_image_url
    assert now(video).attempt_token is None
    assert step("queued", video) == "processing"

    assert len(tasks_of(higgsfield, video)) == 1


def test_upload_that_is_both_frames_is_uploaded_once(higgsfield: HiggsfieldSimulator, picture: bytes) -> None:
    video = create_video_from_upload(picture)
    video.update(actions=[Video.options.set({"end_image": video.source_image})])

    assert step("queued", video) == "processing"

    (task,) = tasks_of(higgsfield, video)
    assert task["body"]["image_url"] == task["body"]["end_image_url"] == now(video).hosted_image_url


def _key(video: Video, upload: str) -> str:
    return uploads._key(video.payer, upload.removeprefix("upload:"))
