"""Kling's external ids and concurrency limit, and the sharing of encoded videos."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import (
    KlingClient,
    image,
    outcome,
    simulator,
)


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


def test_external_id_is_accepted_once_even_after_success(client: KlingClient, clock: Clock) -> None:
    client.create("video-1")
    while_processing = client.create("video-1", prompt="Another one")
    clock.now += 10
    after_success, with_tasks_api = client.create("video-1"), client.create_with_tasks_api("video-1")

    responses = [outcome(response) for response in (while_processing, after_success, with_tasks_api)]

    assert responses == [(400, 1201)] * 3


def test_requests_without_an_external_id_are_all_accepted(client: KlingClient) -> None:
    responses = [client.create(), client.create(), client.create("")]

    assert [outcome(response) for response in responses] == [(200, 0)] * 3


def test_model_has_a_concurrency_limit_and_ended_tasks_free_a_slot(clock: Clock) -> None:
    with simulator(clock=clock, finish_seconds=10, concurrency=2) as kling:
        client = KlingClient(kling)
        kling.fault(on="create", kind="task_fails")
        taken = [client.create("fails"), client.create("succeeds")]

        full, other_model = client.create("third"), client.create_with_tasks_api("other")
        clock.now += 10
        freed = client.create("third")

    assert [outcome(response) for response in (*taken, other_model, freed)] == [(200, 0)] * 4
    assert outcome(full) == (429, 1303)
    assert full.json().keys() == {"code", "message", "request_id"}


def test_twenty_concurrent_creates_take_exactly_the_free_slots(kling: KlingSimulator) -> None:
    kling.configure(concurrency=7)
    client = KlingClient(kling)

    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda number: outcome(client.create(f"video-{number}")), range(20)))

    assert sorted(responses) == [(200, 0)] * 7 + [(429, 1303)] * 13
    assert len(kling.tasks) == 7
    assert kling.create_calls == {f"video-{number}": 1 for number in range(20)}


def test_twenty_concurrent_creates_with_one_id_create_one_task(kling: KlingSimulator) -> None:
    client = KlingClient(kling)

    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda _: outcome(client.create("video-1")), range(20)))

    assert sorted(responses) == [(200, 0)] + [(400, 1201)] * 19
    assert [task["external_id"] for task in kling.tasks] == ["video-1"]
    assert kling.create_calls == {"video-1": 20}


def test_equal_requests_share_one_encoded_video(kling: KlingSimulator) -> None:
    client = KlingClient(kling)

    for number in range(5):
        client.create(f"video-{number}")

    assert (len(kling.tasks), kling.encoded_videos) == (5, 1)


def test_another_prompt_gives_another_video_of_the_same_image(client: KlingClient, kling: KlingSimulator) -> None:
    for picture in (image(), "https://example.com/face.jpg"):
        for prompt in ("She smiles", "She waves"):
            client.create(image=picture, prompt=prompt)
    frame, waves = {"type": "first_frame", "url": image()}, {"type": "prompt", "text": "She jumps"}
    client.post("/image-to-video/kling-2.5-turbo", {"contents": [waves, frame]})

    assert (len(kling.tasks), kling.encoded_videos) == (5, 5)
