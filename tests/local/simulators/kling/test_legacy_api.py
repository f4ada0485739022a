"""The legacy API of the Kling simulator responds as Kling documents it."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import (
    KlingClient,
    image,
    outcome,
    simulator,
    without_ids,
)


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


def test_responses_for_a_task_from_submitted_to_succeed(client: KlingClient, clock: Clock) -> None:
    created = client.create("video-1")
    clock.now += 5
    halfway = client.get("/v1/videos/image2video/video-1")
    clock.now += 5
    finished = client.get("/v1/videos/image2video/video-1")

    start = {
        "task_id": "<18 digits>",
        "task_status": "submitted",
        "task_info": {"external_task_id": "video-1"},
        "created_at": 1_800_000_000_000,
        "updated_at": 1_800_000_000_000,
    }
    running = {
        **start,
        "task_status": "processing",
        "updated_at": 1_800_000_001_000,
        "task_status_msg": "",
    }
    end = {
        **running,
        "task_status": "succeed",
        "updated_at": 1_800_000_010_000,
        "final_unit_deduction": "0",
        "final_balance_deduction": {"quota": "0.21", "list_price": "0.21"},
        "watermark_info": {"enabled": False},
        "task_result": {"videos": [{"id": "<18 digits>", "url": "<link>", "watermark_url": "", "duration": "5.0"}]},
    }
    envelope = {"code": 0, "message": "SUCCEED", "request_id": "<uuid>"}
    responses = [without_ids(response) for response in (created, halfway, finished)]
    assert responses == [{**envelope, "data": data} for data in (start, running, end)]


def test_task_is_found_by_both_ids(client: KlingClient) -> None:
    id = client.create("video-1").json()["data"]["task_id"]

    by_external_id, by_task_id = (
        client.get(f"/v1/videos/image2video/{name}").json()["data"] for name in ("video-1", id)
    )

    assert by_external_id == by_task_id
    assert by_external_id["task_id"] == id


def test_unknown_task_is_an_invalid_parameter(client: KlingClient) -> None:
    client.create("video-1")

    missing = client.get("/v1/videos/image2video/video-2")
    wrong_type = client.get("/v1/videos/text2video/video-1")

    assert [outcome(response) for response in (missing, wrong_type)] == [(400, 1201), (400, 1201)]
    assert "data" not in missing.json()


def test_list_is_an_array_newest_first(client: KlingClient) -> None:
    for number in range(5):
        client.create(f"video-{number}")

    page = client.get("/v1/videos/image2video", pageNum=2, pageSize=2).json()["data"]
    error = client.get("/v1/videos/image2video", pageSize=501)

    assert [task["task_info"]["external_task_id"] for task in page] == ["video-2", "video-1"]
    assert outcome(error) == (400, 1201)


def test_video_can_be_created_from_text(client: KlingClient, kling: KlingSimulator) -> None:
    created = client.post(
        "/v1/videos/text2video", {"model_name": "kling-v2-6", "prompt": "Rain", "aspect_ratio": "9:16"}
    )

    assert outcome(created) == (200, 0)
    assert [(task["kind"], task["body"]["prompt"]) for task in kling.tasks] == [("text2video", "Rain")]


_INVALID_REQUESTS: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {
    "no model, so the discontinued default": ({"model_name": None}, (404, 1203)),
    "a discontinued model": ({"model_name": "kling-v1"}, (404, 1203)),
    "an unknown model": ({"model_name": "kling-v99"}, (404, 1203)),
    "a duration as a number": ({"duration": 5}, (400, 1201)),
    "a duration that the model does not support": ({"duration": "7"}, (400, 1201)),
    "an unknown mode": ({"mode": "4k"}, (400, 1201)),
    "a prompt that is too long": ({"prompt": "a" * 2501}, (400, 1201)),
    "an id that is not a string": ({"external_task_id": 7}, (400, 1201)),
    "no image": ({"image": ""}, (400, 1200)),
    "a data URL": ({"image": "data:image/jpeg;base64," + image()}, (400, 1201)),
    "invalid base64": ({"image": "not base64!"}, (400, 1201)),
    "not an image": ({"image": "aGVsbG8="}, (400, 1201)),
    "an unsupported image format": ({"image": image(format="WEBP")}, (400, 1201)),
    "an image that is too small": ({"image": image(320, 299)}, (400, 1201)),
    "an image that is too narrow": ({"image": image(301, 800)}, (400, 1201)),
    "an image that is too large": ({"image": "A" * 13_400_000}, (400, 1201)),
}


@pytest.mark.parametrize("what", _INVALID_REQUESTS)
def test_invalid_request_creates_nothing(client: KlingClient, kling: KlingSimulator, what: str) -> None:
    changes, expected = _INVALID_REQUESTS[what]

    response = client.create("video-1", **changes)

    assert outcome(response) == expected
    assert response.json().keys() == {"code", "message", "request_id"}
    assert (kling.tasks, kling.create_calls) == ([], {"video-1": 1} if "external_task_id" not in changes else {"": 1})


def test_data_url_is_rejected_as_invalid_base64(client: KlingClient) -> None:
    response = client.create(image="data:image/jpeg;base64," + image())

    assert (outcome(response), response.json()["message"]) == ((400, 1201), "image is not valid base64")


def test_longest_prompt_png_and_unknown_fields_are_accepted(client: KlingClient, kling: KlingSimulator) -> None:
    response = client.create(prompt="a" * 2500, image=image(750, 300, format="PNG"), aspect_ratio="7:5", x=1)

    assert outcome(response) == (200, 0)
    assert kling.unknown_fields == {"x": 1, "aspect_ratio": 1}


def test_body_that_is_not_a_json_object_is_rejected(client: KlingClient) -> None:
    response = client.post("/v1/videos/image2video", ["a list"])

    assert outcome(response) == (400, 1200)
