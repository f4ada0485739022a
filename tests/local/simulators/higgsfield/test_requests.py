"""The life of a request to the Higgsfield simulator, from create to delete."""

import re

import requests

from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import (
    HiggsfieldClient,
    error,
    simulator,
)


def test_statuses_of_a_request_from_queued_to_completed(client: HiggsfieldClient, clock: Clock) -> None:
    created = client.create("video-1")
    id = created.json()["request_id"]
    responses = [client.status(id)]
    for seconds in (2, 8):
        clock.now += seconds
        responses.append(client.status(id))

    address = f"{client.base_url}/requests/{id}"
    handle = {"request_id": id, "status_url": f"{address}/status", "cancel_url": f"{address}/cancel"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id)
    assert (created.status_code, created.json()) == (200, {"status": "queued", **handle})
    link = responses[2].json()["video"]["url"]
    assert link.startswith(f"{client.base_url}/results/{id}.mp4?")
    assert [response.json() for response in responses] == [
        {"status": "queued", **handle},
        {"status": "in_progress", **handle},
        {"status": "completed", **handle, "video": {"url": link}, "expires_at": "2027-01-22T08:00:10Z"},
    ]


def test_unknown_request_is_not_found(client: HiggsfieldClient) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    responses = [
        client.status(unknown),
        client.cancel(unknown),
        client.request("DELETE", f"/requests/{unknown}"),
    ]

    assert [error(response) for response in responses] == [(404, "Request not found")] * 3


def test_time_in_the_queue_can_be_set(clock: Clock) -> None:
    with simulator(clock=clock, finish_seconds=100, queue_seconds=90) as higgsfield:
        client = HiggsfieldClient(higgsfield)
        id = client.accepted()
        statuses = []
        for seconds in (89, 1, 10):
            clock.now += seconds
            statuses.append(client.status(id).json()["status"])

    assert statuses == ["queued", "in_progress", "completed"]


def test_new_request_is_queued_even_if_it_takes_no_time() -> None:
    with simulator() as run_concurrently:
        response = HiggsfieldClient(run_concurrently).create()

    assert response.json()["status"] == "queued"


def test_only_a_queued_request_can_be_canceled(client: HiggsfieldClient, clock: Clock) -> None:
    first, second = client.accepted(), client.accepted()

    canceled = client.cancel(first)
    again = client.cancel(first)
    clock.now += 2
    started = client.cancel(second)
    clock.now += 8
    finished = client.cancel(second)

    assert (canceled.status_code, canceled.content) == (202, b"")
    too_late = (400, "Request can not be canceled")
    assert [error(response) for response in (again, started, finished)] == [too_late] * 3
    shown = client.status(first).json()
    assert (shown["status"], shown.keys()) == ("canceled", {"status", "request_id", "status_url", "cancel_url"})


def test_data_of_a_finished_request_can_be_deleted_repeatedly(client: HiggsfieldClient, clock: Clock) -> None:
    id = client.accepted()

    too_early = client.request("DELETE", f"/requests/{id}")
    clock.now += 10
    link = client.link(id)
    deleted = [client.request("DELETE", f"/requests/{id}").status_code for _ in range(2)]

    shown = client.status(id).json()
    assert error(too_early) == (400, "Request can not be deleted: it is not finished")
    assert deleted == [204, 204]
    assert (shown["status"], "video" in shown) == ("completed", False)
    assert requests.get(link, timeout=60).status_code == 404
