"""What a video costs at DynamoDB, in write and read units of the real requests."""

from collections.abc import Iterator
from typing import Any

import pytest
import uuid6

from keepreel import aws
from keepreel.db.tables import Video, filter_key, type_key
from keepreel.schemas.queries import ListQuery, parse
from keepreel.videos import counting, delete, queries, sharing
from local.stack import Stack
from tests.bench import capacity
from tests.bench.aws_meter import Meter, metered
from tests.workflow_driver import create_video, now, run

# As people write them. docs/performance.md has the figures of another one.
PROMPT = (
    "A fisherman mends his net on a quiet pier in the early morning. Gulls circle over the harbor while the camera "
    "glides slowly past stacked crates and coils of rope, and ends on his hands. Calm mood, natural light, film grain."
)
MAX_LIFE, MAX_LIST, MAX_COUNT, MAX_DELETION = 35, 5, 3, 12


@pytest.fixture
def meter(stack: Stack) -> Iterator[Meter]:
    with metered() as meter:
        yield meter


def stored(video: Video) -> dict[str, Any]:
    key = {"owner": {"S": video.owner}, "video_id": {"S": video.video_id}}
    item: dict[str, Any] = aws.dynamodb_client().get_item(TableName=Video.Meta.table_name, Key=key)["Item"]
    return item


def copies(video: Video, count: int, **other: str) -> list[str]:
    """Store copies of a video under new ids, and return the ids, newest first. `other` sets its type or model."""
    item, ids = stored(video), list[str]()
    for _ in range(count):
        ids.insert(0, str(uuid6.uuid7()))
        item |= {"video_id": {"S": ids[0]}} | {name: {"S": value} for name, value in other.items()}
        if model := other.get("model"):
            item["owner_model"] = {"S": filter_key(video.owner, model)}
        if key := type_key(video.owner, other.get("type", "user")):
            item["owner_type"] = {"S": key}
        aws.dynamodb_client().put_item(TableName=Video.Meta.table_name, Item=item)
    return ids


def listed(owner: str, **query: str) -> list[str]:
    return [it.video_id for it in queries.page(owner=owner, query=parse(ListQuery, query)).videos]


def test_life_of_a_video(without_workflow: None, meter: Meter) -> None:
    finished = run(create_video(prompt=PROMPT))

    assert finished.status == "completed"
    assert meter.write_units <= MAX_LIFE, meter.write_units
    assert capacity.size(stored(finished)) <= 20 * 1024 / 21  # a page of 20 reads 21


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"status": "completed"},
        {"type": "user"},
        {"model": "kling-2.6"},
        {"status": "completed", "model": "kling-2.6"},
    ],
)
def test_page_of_twenty(query: dict[str, str], without_workflow: None, meter: Meter) -> None:
    video = run(create_video(prompt=PROMPT, model="kling-2.6"))
    ids = copies(video, 30)
    meter.calls.clear()

    assert listed(video.owner, **query) == ids[:20]
    assert meter.read_units <= MAX_LIST


def test_page_of_every_second_video(without_workflow: None, meter: Meter) -> None:
    video = run(create_video(prompt=PROMPT, model="kling-2.6"))
    wanted: list[str] = []
    for _ in range(15):
        copies(video, 1, model="kling-3.0")
        wanted = copies(video, 1) + wanted
    meter.calls.clear()

    assert listed(video.owner, model="kling-2.6") == [*wanted, video.video_id]
    assert meter.read_units <= MAX_LIST


def test_scattered_videos_cost_half_a_unit_each(without_workflow: None, meter: Meter) -> None:
    video = run(create_video(prompt=PROMPT, model="kling-2.6"))
    wanted: list[str] = []
    for _ in range(5):
        copies(video, 20, model="kling-3.0")
        wanted = copies(video, 1) + wanted
    meter.calls.clear()

    assert listed(video.owner, model="kling-2.6") == [*wanted, video.video_id]
    assert meter.read_units <= MAX_LIST


def test_two_filters_that_rarely_meet(without_workflow: None, meter: Meter) -> None:
    video = run(create_video(prompt=PROMPT, model="kling-2.6"))
    wanted = copies(video, 3, type="promo")
    copies(video, 120)
    meter.calls.clear()

    assert listed(video.owner, model="kling-2.6", type="promo") == wanted
    assert meter.read_units <= MAX_LIST


@pytest.mark.parametrize("counter", ["views", "downloads"])
def test_view_and_download(counter: counting.Counter, without_workflow: None, meter: Meter) -> None:
    video = run(create_video(prompt="x" * 2000))
    event = counting.Event(
        counter=counter, owner=video.owner, video_id=video.video_id, day="2026-11-28", visitor=video.owner
    )
    meter.calls.clear()

    counting.count(event)
    assert meter.write_units <= MAX_COUNT
    meter.calls.clear()
    counting.count(event)
    assert meter.write_units == 1


def test_deletion_of_a_shared_video(without_workflow: None, meter: Meter) -> None:
    video = run(create_video(prompt=PROMPT))
    sharing.share(video, days=None)
    meter.calls.clear()

    delete.delete(now(video))
    delete.finish(now(video))

    assert meter.write_units <= MAX_DELETION


def test_video_is_read_with_its_counts_in_one_call(without_workflow: None, meter: Meter) -> None:
    video = create_video(prompt=PROMPT)
    meter.calls.clear()

    queries.get_with_counts(owner=video.owner, video_id=video.video_id)

    assert (meter.names, meter.read_units) == (["dynamodb:BatchGetItem"], 1.5)
