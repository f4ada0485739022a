"""An upload that S3 refuses to read is our defect: retried and reported, and no reason to blame the upload."""

from typing import Any

import pytest

from keepreel import aws
from keepreel.errors import StoreUnavailable
from keepreel.settings import settings
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.api_client import ApiClient
from tests.aws_faults import Fault, answers, aws_faults
from tests.workflow_driver import create_video_from_upload, now, run, step


def refuses_uploads(request: Any) -> Fault | None:
    return answers("AccessDenied", 403) if "/uploads/" in request.url else None


def test_request_with_an_upload_that_s3_refuses_gets_503(user: ApiClient, picture: bytes) -> None:
    source_image = user.upload(picture)

    with aws_faults(at_request=refuses_uploads):
        response = user.create_video(source_image=source_image)

    assert (response.status_code, "Retry-After" in response.headers) == (503, True)


def test_request_with_a_missing_upload_gets_400(user: ApiClient) -> None:
    response = user.create_video(source_image=f"upload:{'0' * 32}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid_image")


def test_step_with_an_upload_that_s3_refuses_is_retried(higgsfield: HiggsfieldSimulator, picture: bytes) -> None:
    video = create_video_from_upload(picture)

    with aws_faults(at_request=refuses_uploads), pytest.raises(StoreUnavailable):
        step("queued", video)

    assert now(video).error_code is None
    assert run(video).status == "completed"


def test_step_with_a_missing_upload_fails_the_video(higgsfield: HiggsfieldSimulator, picture: bytes) -> None:
    video = create_video_from_upload(picture)
    key = f"uploads/{video.payer.replace('#', '/')}/{str(video.source_image).removeprefix('upload:')}"
    aws.s3().delete_object(Bucket=settings().media_bucket, Key=key)

    assert (run(video).status, now(video).error_code) == ("failed", "image_rejected")
