"""Lists of tasks: invalid requests have code 1201, and filters, times and pages apply."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import KlingClient, outcome, simulator

DAY = 86400


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


INVALID: list[dict[str, Any]] = [
    {"limit": 0},
    {"limit": 501},
    {"limit": "10"},
    {"limit": True},
    {"limit": 2.0},
    {"cursor": "abc"},
    {"cursor": 7},
    {"cursor": "eyJmcm9tIjogLTF9"},  # {"from": -1}
    {"cursor": "W10="},  # []
    {"cursor": "é"},
    {"filters": "status"},
    {"filters": {}},
    {"filters": ["status"]},
    {"filters": [{}]},
    {"filters": [{"key": "status"}]},
    {"filters": [{"key": "status", "values": "failed"}]},
    {"filters": [{"key": "status", "values": ["succeed"]}]},
    {"filters": [{"key": "status", "values": [{}]}]},
    {"filters": [{"key": "color", "values": []}]},
    {"filters": [{"key": "product_type", "values": ["music"]}]},
    {"filters": [{"key": "status", "values": []}, {"key": "status", "values": ["failed"]}, None]},
    {"start_time": "yesterday"},
    {"start_time": -1},
    {"start_time": True},
    {"start_time": []},
    {"end_time": 1.5},
    {"start_time": 2, "end_time": 1},
]


@pytest.mark.parametrize("body", INVALID, ids=str)
def test_invalid_list_request_is_refused(client: KlingClient, body: dict[str, Any]) -> None:
    client.create_with_tasks_api("video-1")

    response = client.post("/tasks", body)

    assert outcome(response) == (400, 1201)
    assert response.json().keys() == {"code", "message", "request_id"}


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_list_request_must_be_an_object(client: KlingClient, body: object) -> None:
    assert outcome(client.post("/tasks", body)) == (400, 1200)


def found(client: KlingClient, **body: Any) -> list[str]:
    data = client.post("/tasks", body).json()["data"]
    return [task["external_id"] for task in data.get("result", [])]


def test_list_has_the_last_thirty_days_unless_times_are_given(client: KlingClient, clock: Clock) -> None:
    client.create_with_tasks_api("old")
    start = int(clock.now * 1000)
    clock.now += 31 * DAY
    client.create_with_tasks_api("new")

    lists = [
        found(client),
        found(client, start_time=start),
        found(client, start_time=str(start), end_time=str(start)),
        found(client, end_time=start - 1),
    ]

    assert lists == [["new"], ["new", "old"], ["old"], []]


def test_list_filters_by_product_type(client: KlingClient) -> None:
    client.create_with_tasks_api("video-1")

    lists = [found(client, filters=[{"key": "product_type", "values": it}]) for it in (["video"], ["image"], [])]

    assert lists == [["video-1"], [], ["video-1"]]


def test_empty_list_has_neither_result_nor_cursor(client: KlingClient) -> None:
    response = client.post("/tasks", {})

    assert response.json()["data"] == {"count": 0, "has_more": False}


@pytest.mark.parametrize(
    "query",
    [
        {"pageNum": "0"},
        {"pageNum": "1001"},
        {"pageNum": "9" * 5000},
        {"pageNum": "٣"},
        {"pageSize": "501"},
        {"pageSize": "x"},
        {"pageSize": ""},
        {"pageSize": "-1"},
    ],
)
def test_invalid_legacy_page_is_refused(client: KlingClient, query: dict[str, str]) -> None:
    assert outcome(client.get("/v1/videos/text2video", **query)) == (400, 1201)


@pytest.mark.parametrize("kind", ["image2video", "text2video", "omni-video", "motion-control"])
def test_legacy_list_of_each_kind_is_an_array(client: KlingClient, kind: str) -> None:
    client.create("video-1")

    data = client.get(f"/v1/videos/{kind}").json()["data"]

    assert len(data) == (kind == "image2video")
