"""The tasks API of the Kling simulator responds as Kling documents it."""

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


def test_responses_for_a_task_from_submitted_to_succeeded(client: KlingClient, clock: Clock) -> None:
    created = client.create_with_tasks_api("video-1", resolution="1080p", duration=10)
    clock.now += 10
    finished = client.get("/tasks", external_task_ids="video-1")

    start = {
        "id": "<18 digits>",
        "status": "submitted",
        "create_time": 1_800_000_000_000,
        "update_time": 1_800_000_000_000,
        "external_id": "video-1",
    }
    bill = {"charge_type": "cash", "cash_type": "balance", "amount": "0.7", "currency": "USD", "list_price": "0.7"}
    end = {
        **start,
        "status": "succeeded",
        "update_time": 1_800_000_010_000,
        "message": "",
        "outputs": [{"type": "video", "id": "<18 digits>", "url": "<link>", "watermark_url": "", "duration": "10.0"}],
        "billing": [bill],
    }
    envelope = {"code": 0, "message": "SUCCEED", "request_id": "<uuid>"}
    responses = [without_ids(response) for response in (created, finished)]
    assert responses == [{**envelope, "data": start}, {**envelope, "data": [end]}]


def test_several_tasks_are_found_by_both_kinds_of_ids(client: KlingClient) -> None:
    ids = [client.create_with_tasks_api(f"video-{number}").json()["data"]["id"] for number in range(3)]

    by_task_id = client.get("/tasks", task_ids=",".join(ids[:2])).json()["data"]
    by_external_id = client.get("/tasks", external_task_ids="video-0,video-1,video-9").json()["data"]

    assert by_task_id == by_external_id
    assert {task["id"] for task in by_external_id} == set(ids[:2])


def test_unknown_task_is_left_out(client: KlingClient) -> None:
    client.create("legacy")

    response = client.get("/tasks", external_task_ids="legacy")

    assert (response.status_code, response.json()["code"], response.json()["data"]) == (200, 0, [])


@pytest.mark.parametrize(
    "query",
    [{}, {"task_ids": "1", "external_task_ids": "2"}, {"task_ids": ",".join(map(str, range(21)))}],
    ids=["no id", "both kinds of id", "a twenty-first id"],
)
def test_query_requires_one_kind_of_id_and_at_most_twenty(client: KlingClient, query: dict[str, str]) -> None:
    response = client.get("/tasks", **query)

    assert outcome(response) == (400, 1201)


def test_list_continues_at_the_cursor(client: KlingClient) -> None:
    for number in range(3):
        client.create_with_tasks_api(f"video-{number}")

    first = client.post("/tasks", {"limit": 2}).json()["data"]
    rest = client.post("/tasks", {"limit": 2, "cursor": first["next_cursor"]}).json()["data"]

    ids = [[task["external_id"] for task in page["result"]] for page in (first, rest)]
    assert ids == [["video-2", "video-1"], ["video-0"]]
    assert [(page["count"], page["has_more"]) for page in (first, rest)] == [(2, True), (1, False)]


def test_list_filters_by_status(client: KlingClient, clock: Clock) -> None:
    client.create_with_tasks_api("old")
    clock.now += 10
    client.create_with_tasks_api("new")

    page = client.post("/tasks", {"filters": [{"key": "status", "values": ["succeeded"]}]}).json()["data"]

    assert [task["external_id"] for task in page["result"]] == ["old"]


def test_video_can_be_created_from_a_prompt_alone(client: KlingClient) -> None:
    response = client.post(
        "/text-to-video/kling-3.0", {"prompt": "Rain", "settings": {"duration": 3, "aspect_ratio": "1:1"}}
    )

    assert outcome(response) == (200, 0)


_INVALID_REQUESTS: dict[str, tuple[str, dict[str, Any], tuple[int, int]]] = {
    "a model of the legacy API": ("kling-v2-1", {}, (404, 1203)),
    "a duration as text": ("kling-3.0", {"duration": "5"}, (400, 1201)),
    "a duration that the model does not support": ("kling-2.5-turbo", {"duration": 7}, (400, 1201)),
    "a resolution that the model does not support": ("kling-2.5-turbo", {"resolution": "4k"}, (400, 1201)),
}


@pytest.mark.parametrize("what", _INVALID_REQUESTS)
def test_invalid_settings_create_nothing(client: KlingClient, kling: KlingSimulator, what: str) -> None:
    model, settings, expected = _INVALID_REQUESTS[what]

    response = client.create_with_tasks_api("video-1", model=model, **settings)

    assert outcome(response) == expected
    assert kling.tasks == []


def test_contents_require_a_prompt_and_a_first_frame(client: KlingClient) -> None:
    prompt, frame = {"type": "prompt", "text": "She smiles"}, {"type": "first_frame", "url": image()}

    responses = [
        client.post("/image-to-video/kling-3.0", {"contents": contents}) for contents in ([prompt], [frame], None)
    ]

    assert [outcome(response) for response in responses] == [(400, 1200)] * 3


def test_unknown_path_and_wrong_method_have_their_own_codes(client: KlingClient) -> None:
    responses = [
        client.get("/v1/nothing"),
        client.post("/v1/videos/image2video/1", {}),
        client.get("/text-to-video/kling-3.0"),
    ]

    assert [outcome(response) for response in responses] == [(404, 1203), (404, 1202), (404, 1202)]
