"""Options of a request, from the API to Kling's task, the stored file and the bill."""

from io import BytesIO
from typing import Any

import av
import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient


def choices_of(kling: KlingSimulator, video: dict[str, Any]) -> dict[str, Any]:
    (task,) = [task for task in kling.tasks if task["external_id"] == video["id"]]
    choices: dict[str, Any] = task["choices"]
    return choices


def codecs(video: dict[str, Any]) -> list[str]:
    with av.open(BytesIO(requests.get(video["video_url"], timeout=60).content), mode="r") as container:
        return [stream.codec_context.name for stream in container.streams]


def test_video_without_options_is_silent_and_in_one_shot(user: ApiClient, kling: KlingSimulator) -> None:
    video = user.follow(user.create_video(model="kling-3.0", resolution="1080p", duration_seconds=5).json()["id"])

    choices = choices_of(kling, video)
    assert (video["status"], codecs(video)) == ("completed", ["h264"])
    assert (choices["sound"], choices["multi_shot"], choices["usd"]) == ("off", False, "0.560")


@pytest.mark.parametrize("billing", ["cash", "units", "split"])
@pytest.mark.parametrize("model", ["kling-3.0", "kling-v3"])
def test_every_kind_of_bill_is_the_list_price(user: ApiClient, kling: KlingSimulator, billing: str, model: str) -> None:
    kling.configure(billing=billing)

    created = user.create_video(model=model, resolution="1080p", duration_seconds=5)
    video = user.follow(created.json()["id"])

    assert video["cost"]["actual_usd"] == pytest.approx(0.56)


@pytest.mark.parametrize(("code", "status"), [(1203, None), (1103, None), (1200, None), (1201, None), (0, 410)])
def test_model_that_ends_fails_one_video_with_the_true_reason(
    user: ApiClient, kling: KlingSimulator, code: int, status: int | None
) -> None:
    kling.configure(unavailable_models=["kling-2.6"], retired_code=code, retired_status=status)

    video = user.follow(user.create_video(model="kling-2.6").json()["id"])

    assert (video["status"], video["error"]["code"]) == ("failed", "model_unavailable")
    assert kling.create_calls[video["id"]] == 1
