"""Idempotency keys and the concurrency limit of the Higgsfield simulator."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import (
    DOP,
    FACE,
    KLING,
    HiggsfieldClient,
    error,
    image,
)

_LARGE = image(1000, 1000)  # takes a while to decode, so that concurrent requests overlap


_MISMATCH = (422, "Idempotency-Key was already used with different parameters")


def test_repeated_key_returns_the_request_with_its_current_status(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    first = client.create("video-1").json()
    replays = []
    for seconds in (0, 2, 8):
        clock.now += seconds
        replays.append(client.create("video-1").json())

    statuses = ("queued", "in_progress", "completed")
    assert replays == [{**first, "status": status} for status in statuses]
    assert (len(higgsfield.tasks), higgsfield.create_calls, higgsfield.encoded_videos) == (1, {"video-1": 4}, 1)


def test_repeated_key_returns_a_canceled_request(client: HiggsfieldClient) -> None:
    first = client.create("video-1").json()
    client.cancel(first["request_id"])

    assert client.create("video-1").json() == {**first, "status": "canceled"}


def test_order_of_fields_does_not_change_the_fingerprint(client: HiggsfieldClient) -> None:
    bodies = [{"prompt": "A", "image_url": FACE, "seed": 7}, {"seed": 7, "image_url": FACE, "prompt": "A"}]

    responses = [client.request("POST", DOP, body=body, **{"Idempotency-Key": "video-1"}).json() for body in bodies]

    assert responses[0] == responses[1]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (DOP, {"prompt": "She laughs"}),
        (DOP, {"image_url": f"{FACE}?signature=2"}),
        (DOP, {"motions": [{"id": "b"}, {"id": "a"}]}),
        (DOP, {"seed": None}),
        (DOP, {"unknown": 1}),
        (DOP, {"seed": 0}),
        ("/higgsfield-ai/dop/lite", {}),
        (f"{DOP}?hf_webhook=https%3A%2F%2Fexample.com%2F", {}),
    ],
)
def test_key_of_another_request_is_rejected(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any]
) -> None:
    motions = [{"id": "a"}, {"id": "b"}]
    client.create("video-1", motions=motions)

    response = client.create("video-1", path=path, **{"motions": motions, **fields})

    assert error(response) == _MISMATCH
    assert len(higgsfield.tasks) == 1


def test_other_file_lifetime_is_another_request(client: HiggsfieldClient) -> None:
    body = {"prompt": "She smiles", "image_url": FACE}
    headers = [{}, {"Hf-Expires-After": "3600"}]

    responses = [
        client.request("POST", DOP, body=body, **{"Idempotency-Key": "video-1", **header}) for header in headers
    ]

    assert (responses[0].status_code, error(responses[1])) == (200, _MISMATCH)


@pytest.mark.parametrize("key", ["", "a b", "a\tb", "ключ".encode().decode("latin-1"), "a" * 256])
def test_invalid_key_is_rejected(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, key: str) -> None:
    response = client.create(key)

    message = "Idempotency-Key must be 1 to 255 visible ASCII characters without whitespace"
    assert (error(response), higgsfield.tasks) == ((422, message), [])


def test_longest_key_is_accepted(client: HiggsfieldClient) -> None:
    assert client.create("~" * 255).status_code == 200


def test_rejected_request_does_not_use_the_key(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(concurrency=0, unavailable_models=["higgsfield-ai/dop/lite"])
    refusals = [
        HiggsfieldClient(higgsfield, authorization="Key some:body").create("video-1"),
        client.create("video-1", seed=0),
        client.create("video-1", path="/higgsfield-ai/dop/lite"),
        client.create("video-1", prompt="No free slot"),
    ]
    higgsfield.configure(concurrency=1)

    accepted = client.create("video-1")

    assert [response.status_code for response in (*refusals, accepted)] == [401, 422, 404, 400, 200]


def test_requests_without_a_key_are_all_accepted(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    ids = {client.accepted() for _ in range(3)}

    assert (len(ids), higgsfield.create_calls) == (3, {"": 3})
    assert {task["external_id"] for task in higgsfield.tasks} == {None}


def test_twenty_concurrent_requests_with_one_key_create_one_task(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    image_url = client.uploaded(_LARGE)
    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda _: client.create("video-1", image_url=image_url).json(), range(20)))

    [task] = higgsfield.tasks
    assert {response["request_id"] for response in responses} == {task["id"]}
    assert higgsfield.create_calls == {"video-1": 20}


_FULL = (400, "Maximum number of concurrent requests (2) has been reached")


def test_account_has_a_concurrency_limit_and_ended_requests_free_a_slot(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    higgsfield.configure(concurrency=2)
    first = client.accepted("1")
    client.accepted("2", path=KLING)

    full, replayed = client.create("3"), client.create("1")
    client.cancel(first)
    after_cancel, full_again = client.create("3"), client.create("4")
    clock.now += 10
    after_completion = client.create("4")

    assert [error(response) for response in (full, full_again)] == [_FULL, _FULL]
    assert [response.status_code for response in (replayed, after_cancel, after_completion)] == [200, 200, 200]


def test_twenty_concurrent_requests_take_exactly_the_free_slots(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.configure(concurrency=7)
    image_url = client.uploaded(_LARGE)

    def create(number: int) -> int:
        return client.create(f"video-{number}", image_url=image_url).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(create, range(20)))

    assert sorted(statuses) == [200] * 7 + [400] * 13
    assert len(higgsfield.tasks) == 7
