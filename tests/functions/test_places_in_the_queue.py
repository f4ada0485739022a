"""A new video's place in the queue, from the payer's other videos, and the AWS calls of a request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from keepreel import pause
from keepreel.db import quotas
from keepreel.db.quotas import Unfinished
from keepreel.db.request_items import InFlightUsage
from keepreel.db.tables import Video
from keepreel.errors import LimitReached
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import cancel, create, spec
from tests.aws_faults import Plan, aws_faults

pytestmark = pytest.mark.usefixtures("without_workflow")
GAP = timedelta(minutes=3)


@pytest.fixture
def owner() -> str:
    return f"user#{uuid4()}"


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[list[datetime]]:
    """The places of each request that was written, in the order of the writes."""
    found: list[list[datetime]] = []
    reserve = quotas.reserve

    def note(transaction: Any, *, places: list[datetime], **more: Any) -> None:
        reserve(transaction, places=places, **more)
        found.append(places)

    monkeypatch.setattr(quotas, "reserve", note)
    return found


def new_videos(owner: str, **fields: Any) -> list[Video]:
    request = VideoRequest(**{"prompt": f"a smile {uuid4()}", **fields})
    return list(create.create(spec.for_user(request, owner=owner), key=None).videos)


def last(owner: str) -> datetime:
    found = InFlightUsage.get(f"in_flight#{owner}", consistent_read=True).last_dispatch_at
    assert found is not None
    return found


def calls(make: Callable[[], object]) -> int:
    pause.is_paused()  # is cached
    with aws_faults() as plan:
        assert isinstance(plan, Plan)
        make()
        return plan.calls


def test_first_video_has_the_present_time_and_further_ones_come_later(owner: str) -> None:
    (first,) = new_videos(owner)
    keys = [last(owner)]
    for _ in range(3):
        new_videos(owner)
        keys.append(last(owner))

    assert keys == [first.created_at + n * GAP for n in range(4)]


def test_variations_have_a_place_each(owner: str, places: list[list[datetime]]) -> None:
    (video, *_) = new_videos(owner, variations=4)

    assert places[-1] == [video.created_at + n * GAP for n in range(4)]
    assert last(owner) == places[-1][-1]


def test_payer_whose_videos_have_all_ended_starts_at_the_present_time(owner: str) -> None:
    for video in new_videos(owner, variations=4):
        cancel.cancel(video)
    assert last(owner) > datetime.now(UTC) + 2 * GAP

    (video,) = new_videos(owner)

    assert last(owner) == video.created_at


def test_payer_whose_videos_end_between_two_tries_starts_at_the_present_time(
    owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, read = new_videos(owner, variations=4), quotas.unfinished

    def end_after_the_read(*args: Any, **kwargs: Any) -> Unfinished:
        monkeypatch.setattr(quotas, "unfinished", read)
        seen = read(*args, **kwargs)
        for video in earlier:
            cancel.cancel(video)
        return seen

    monkeypatch.setattr(quotas, "unfinished", end_after_the_read)

    (video,) = new_videos(owner)

    assert last(owner) == video.created_at


def test_place_is_never_in_the_past() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)

    seen = Unfinished(videos=1, last_dispatch_at=now - timedelta(days=1))

    assert seen.places(now=now, videos=2) == [now, now + GAP]


def test_payer_of_an_older_version_without_a_last_place(owner: str) -> None:
    InFlightUsage(key=f"in_flight#{owner}", videos=2).save()

    (video,) = new_videos(owner)

    assert last(owner) == video.created_at


def test_twenty_requests_at_once_get_twenty_places(owner: str, places: list[list[datetime]]) -> None:
    with ThreadPoolExecutor(20) as pool:
        videos = [it for made in pool.map(lambda _: new_videos(owner), range(20)) for it in made]

    assert InFlightUsage.get(f"in_flight#{owner}", consistent_read=True).videos == len(videos) == 20
    assert last(owner) - min(it.created_at for it in videos) >= 19 * GAP


def test_limit_in_flight_is_exact(owner: str, limit: Callable[..., None]) -> None:
    limit(IN_FLIGHT_LIMIT=4)
    new_videos(owner, variations=3)

    with pytest.raises(LimitReached) as caught:
        new_videos(owner, variations=2)

    assert caught.value.code == "in_flight_limit"
    assert len(new_videos(owner)) == 1


def test_limit_in_flight_holds_between_read_and_write_without_fairness(
    owner: str, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last place does not change with FAIRNESS_SECONDS=0, so it cannot show that another request was written."""
    limit(IN_FLIGHT_LIMIT=4, FAIRNESS_SECONDS=0)
    later = datetime.now(UTC) + GAP
    InFlightUsage(key=f"in_flight#{owner}", videos=3, last_dispatch_at=later).save()
    read = quotas.unfinished

    def create_after_the_read(*args: Any, **kwargs: Any) -> Unfinished:
        monkeypatch.setattr(quotas, "unfinished", read)
        seen = read(*args, **kwargs)
        new_videos(owner)
        return seen

    monkeypatch.setattr(quotas, "unfinished", create_after_the_read)

    with pytest.raises(LimitReached):
        new_videos(owner)


@pytest.mark.parametrize(("variations", "cap"), [(1, 0), (4, 0), (1, 10_000)])
def test_request_of_a_payer_without_unfinished_videos_is_one_aws_call(
    variations: int, cap: int, owner: str, limit: Callable[..., None]
) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=cap)
    new_videos(f"user#{uuid4()}")  # makes the day's shards

    assert calls(lambda: new_videos(owner, variations=variations)) == 1


def test_request_of_a_payer_with_unfinished_videos_is_two_aws_calls(owner: str) -> None:
    new_videos(owner)

    assert calls(lambda: new_videos(owner)) == 2


def test_record_waits_at_its_place(owner: str) -> None:
    videos = [*new_videos(owner, variations=2), *new_videos(owner)]

    stored = [Video.get(it.owner, it.video_id, consistent_read=True) for it in videos]

    assert [it.dispatch_at for it in stored] == [videos[0].created_at + n * GAP for n in range(3)]
    assert all(it.waiting_queue for it in stored)
