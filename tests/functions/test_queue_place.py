"""The place of a waiting video in its provider's queue, as the API reports it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from keepreel import aws
from keepreel.db import slots
from keepreel.db.slots import QueueState, Slot
from keepreel.db.tables import Video
from keepreel.videos import queue_place
from keepreel.workflow import usual_times
from local.stack import Stack
from tests.api_client import ApiClient
from tests.aws_faults import NO_RESPONSE, Fault, aws_faults, raises
from tests.factories import record, write


@pytest.fixture
def queue(stack: Stack) -> str:
    """A new queue with room for 100,000 videos, so that the expected start is soon."""
    return f"kling#{uuid4().hex}"


def wait(queue: str, *owners: str) -> list[Video]:
    """Let one video of each owner wait, in this order."""
    now = datetime.now(UTC)
    videos = [
        record(owner, status="queued", waiting_queue=queue, dispatch_at=now + timedelta(seconds=n))
        for n, owner in enumerate(owners)
    ]
    write(videos)
    return videos


def test_a_waiting_video_has_its_position_and_an_expected_start(queue: str, user: ApiClient) -> None:
    *_, video = wait(queue, "user#a", "user#b", user.owner)

    place = user.send("GET", f"/v1/videos/{video.video_id}").json()["queue"]

    assert (place["position"], place["waits_for"]) == (3, "slot")
    start = datetime.fromisoformat(place["expected_start_at"])
    assert timedelta() < start - datetime.now(UTC) <= timedelta(minutes=2)
    assert (start.second, start.microsecond) == (0, 0)


def test_a_list_has_the_places_of_all_waiting_videos(queue: str, user: ApiClient) -> None:
    videos = wait(queue, user.owner, "user#b", user.owner)

    listed = {it["id"]: it["queue"] for it in user.send("GET", "/v1/videos").json()["videos"]}

    assert [listed[it.video_id]["position"] for it in (videos[0], videos[2])] == [1, 3]


def test_a_paused_queue_waits_for_the_provider(queue: str, user: ApiClient) -> None:
    (video,) = wait(queue, user.owner)
    until = datetime.now(UTC) + timedelta(minutes=5)
    slots.update_state(queue, [QueueState.pause_seconds.set(300), QueueState.paused_until.set(until)])

    place = user.send("GET", f"/v1/videos/{video.video_id}").json()["queue"]

    assert place["waits_for"] == "provider"
    assert datetime.fromisoformat(place["expected_start_at"]) > until


def test_queue_of_a_provider_that_does_not_answer_says_so(queue: str, user: ApiClient) -> None:
    (video,) = wait(queue, user.owner)
    slots.update_state(queue, [QueueState.pause_seconds.set(5), QueueState.is_unreachable.set(True)])

    assert user.send("GET", f"/v1/videos/{video.video_id}").json()["queue"]["waits_for"] == "outage"


def test_a_video_that_does_not_wait_has_no_place(user: ApiClient) -> None:
    (id,) = write([record(user.owner, status="processing")])

    assert user.send("GET", f"/v1/videos/{id}").json()["queue"] is None


def test_a_table_that_does_not_respond_costs_the_place_only(queue: str, user: ApiClient) -> None:
    (video,) = wait(queue, user.owner)

    def at_query(request: Any) -> Fault | None:
        return raises(NO_RESPONSE["read timeout"]) if b"Query" in request.headers["X-Amz-Target"] else None

    with aws_faults(at_request=at_query):
        response = user.send("GET", f"/v1/videos/{video.video_id}")

    assert (response.status_code, response.json()["queue"]) == (200, None)


def test_expected_start_is_when_running_videos_usually_end(
    queue: str, user: ApiClient, limit: Callable[..., None]
) -> None:
    limit(PROVIDER_CAPACITY=f"{queue}=2")
    taken_at = datetime.now(UTC) - timedelta(seconds=10)
    for n in range(2):
        Slot(queue, n, owner="user#a", video_id=uuid4().hex, token="a", taken_at=taken_at).save()
    usual = timedelta(seconds=usual_times.usual_seconds("kling-3.0"))

    places = queue_place.of(wait(queue, user.owner, user.owner, user.owner)).values()

    for place, turns in zip(places, (1, 1, 2), strict=True):
        assert timedelta() < place.expected_start_at - (taken_at + turns * usual) <= timedelta(minutes=1)


def test_late_video_ends_at_any_moment(queue: str, user: ApiClient, limit: Callable[..., None]) -> None:
    limit(PROVIDER_CAPACITY=f"{queue}=1")
    now = datetime.now(UTC)
    Slot(queue, 0, owner="user#a", video_id=uuid4().hex, token="a", taken_at=now - timedelta(hours=1)).save()

    (place,) = queue_place.of(wait(queue, user.owner)).values()

    assert timedelta() < place.expected_start_at - now <= timedelta(minutes=1, seconds=30)


def test_unreadable_slot_costs_the_place_only(queue: str, user: ApiClient) -> None:
    (video,) = wait(queue, user.owner)
    slot = {"queue": {"S": queue}, "n": {"N": "0"}, "taken_at": {"S": "yesterday"}}
    aws.dynamodb_client().put_item(TableName=Slot.Meta.table_name, Item=slot)

    response = user.send("GET", f"/v1/videos/{video.video_id}")
    Slot(queue, 0).delete()

    assert (response.status_code, response.json()["queue"]) == (200, None)
