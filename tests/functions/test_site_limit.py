"""GlobalDailySpendLimitCents: what all users together may spend on one day, exact with any number of shards."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import uuid4

import pytest
from pynamodb.transactions import TransactWrite

from keepreel.db import global_cap
from keepreel.db.request_items import SpendShard
from keepreel.db.tables import Video
from keepreel.errors import LimitReached, SiteDailyLimit
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import cancel, create, spec
from tests.api_client import ApiClient
from tests.functions.test_create_video import problem
from tests.workflow_driver import now

pytestmark = pytest.mark.usefixtures("without_workflow")
PRICE = 21
Limit = Callable[..., None]


@pytest.fixture(autouse=True)
def _no_shards() -> Iterator[None]:
    """Remove today's shards before and after each test."""
    remove_shards()
    yield
    remove_shards()


def remove_shards() -> None:
    for shard in shards():
        shard.delete()


def shards() -> list[SpendShard]:
    today = datetime.now(UTC).date().isoformat()
    return list(SpendShard.batch_get([f"cap#{today}#{n}" for n in range(8)], consistent_read=True))


def left() -> int:
    return sum(int(it.left) for it in shards())


def new_video(*, owner: str | None = None, key: str | None = None, **fields: Any) -> Video:
    request = VideoRequest(**{"prompt": "a smile", **fields})
    return create.create(spec.for_user(request, owner=owner or f"user#{uuid4()}"), key=key).videos[0]


def outcome(**fields: Any) -> str:
    try:
        new_video(**fields)
    except LimitReached as error:
        return error.code
    return "created"


@pytest.mark.parametrize("count", [1, 4])
def test_fifty_people_at_once_with_a_limit_of_ten_videos_create_ten(
    count: int, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    cap = 10 * PRICE + PRICE - 1  # no share is a multiple of the price
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=cap, GLOBAL_SPEND_SHARDS=count)
    commit, lock, sums = TransactWrite._commit, Lock(), []

    def commit_and_look(transaction: TransactWrite) -> None:
        with lock:  # one at a time, so that each step is seen
            commit(transaction)
            sums.append(cap - left())

    monkeypatch.setattr(TransactWrite, "_commit", commit_and_look)

    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(lambda _: outcome(), range(50)))

    assert outcomes == {"created": 10, "site_daily_limit": 40}
    assert len(shards()) == count
    assert all(0 <= it.left <= it.limit for it in shards())
    assert sums == sorted(sums)
    assert sums[-1] == 10 * PRICE


@pytest.mark.parametrize("count", [1, 4])
def test_rest_of_all_shards_pays_for_a_video(count: int, limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=2 * PRICE, GLOBAL_SPEND_SHARDS=count)

    outcomes = [outcome() for _ in range(3)]

    assert (outcomes, left()) == (["created", "created", "site_daily_limit"], 0)


@pytest.mark.parametrize("count", [1, 4])
def test_uncharged_video_is_given_back_once(count: int, limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=2 * PRICE, GLOBAL_SPEND_SHARDS=count)
    video = new_video(variations=2)
    assert (outcome(), left()) == ("site_daily_limit", 0)

    for _ in range(2):
        cancel.cancel(now(video))

    assert left() == PRICE
    assert [outcome(), outcome()] == ["created", "site_daily_limit"]


def test_repeated_request_is_answered_after_the_limit_is_reached(user: ApiClient, limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=PRICE)
    first = user.create_video(key="one")

    again, other = user.create_video(key="one"), user.create_video(key="two")

    assert (first.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert (other.status_code, problem(other)["type"]) == (429, "urn:problem-type:keepreel:site_daily_limit")


def test_error_names_the_sites_limit_but_not_what_others_have_spent(user: ApiClient, limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=3 * PRICE)
    new_video(variations=2)

    response = user.create_video(variations=2)

    content = problem(response)
    assert (response.status_code, content["code"]) == (429, "site_daily_limit")
    assert "$0.63 a day" in content["detail"]
    assert "0.42" not in content["detail"]
    assert "0.21" not in content["detail"]
    assert 0 < int(response.headers["Retry-After"]) <= 86401


def test_request_above_the_whole_limit_is_told_that_waiting_does_not_help(user: ApiClient, limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=PRICE)

    content = problem(user.create_video(variations=2))

    assert (content["code"], "Waiting does not help" in content["detail"], shards()) == ("site_daily_limit", True, [])


def test_site_without_a_limit_has_no_shards(limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=0)

    video = new_video()
    cancel.cancel(video)

    assert video.cap_shard is None
    assert shards() == []


@pytest.mark.parametrize(("before", "after"), [(1, 4), (4, 1), (4, 8)])
def test_changed_settings_count_from_the_next_day(before: int, after: int, limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=2 * PRICE, GLOBAL_SPEND_SHARDS=before)
    new_video()

    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=9 * PRICE, GLOBAL_SPEND_SHARDS=after)

    assert [outcome(), outcome()] == ["created", "site_daily_limit"]
    assert len(shards()) == before
    assert {shard: int(it) for shard, it in global_cap.find("2999-01-01", 9 * PRICE).items() if it} != {}


def test_two_first_requests_of_a_day_make_the_shards_once(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=5 * PRICE, GLOBAL_SPEND_SHARDS=2)
    read = global_cap._read

    def read_before_another_request(day: str) -> list[SpendShard]:
        monkeypatch.setattr(global_cap, "_read", read)
        found = read(day)
        new_video()
        return found

    monkeypatch.setattr(global_cap, "_read", read_before_another_request)

    new_video()

    assert left() == 3 * PRICE


def test_refused_request_counts_nowhere(limit: Limit) -> None:
    limit(GLOBAL_DAILY_SPEND_LIMIT_CENTS=PRICE)
    new_video()
    owner = f"user#{uuid4()}"

    with pytest.raises(SiteDailyLimit):
        new_video(owner=owner)

    assert (list(Video.query(owner, consistent_read=True)), left()) == ([], 0)
