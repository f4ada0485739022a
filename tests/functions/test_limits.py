"""Daily and in-flight limits over HTTP, also with concurrent requests."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, tzinfo
from uuid import uuid4

import pytest

from keepreel.errors import LimitReached
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import create, spec
from tests.api_client import ApiClient
from tests.functions.bot_videos import quotas_used, videos_of
from tests.functions.test_create_video import problem


def test_further_communities_do_not_raise_the_users_limit(
    user: ApiClient, without_workflow: None, limit: Callable[..., None]
) -> None:
    limit(DAILY_VIDEO_LIMIT=2)
    communities = [user.put_community(uuid4().hex) for _ in range(3)]
    asked = {"type": "custom", "prompt": "a smile", "model": "kling-3.0"}

    statuses = [user.create_bot_video(videos, **asked).status_code for videos in communities]

    assert statuses == [202, 202, 429]
    assert user.create_video().status_code == 429


def test_fifty_concurrent_requests_with_a_limit_of_ten_create_ten(
    user: ApiClient, videos: str, without_workflow: None, limit: Callable[..., None]
) -> None:
    limit(DAILY_VIDEO_LIMIT=10)

    with ThreadPoolExecutor(10) as pool:
        responses = list(
            pool.map(lambda n: user.create_bot_video(videos, type="custom", prompt=f"smile {n}"), range(50))
        )

    assert Counter(it.status_code for it in responses) == {202: 10, 429: 40}
    assert len(videos_of(videos)) == 10
    assert quotas_used(user) == (10, 570, 10)


@pytest.mark.parametrize(
    "limits", [{"DAILY_VIDEO_LIMIT": 10}, {"DAILY_SPEND_LIMIT_CENTS": 219}, {"IN_FLIGHT_LIMIT": 10}], ids=str
)
def test_no_limit_is_exceeded_by_a_race(
    limits: dict[str, int], user: ApiClient, without_workflow: None, limit: Callable[..., None]
) -> None:
    limit(**limits)  # each is ten videos of 21 cents

    def ask(n: int) -> str:
        try:
            create.create(spec.for_user(VideoRequest(prompt=f"smile {n}"), owner=user.owner), key=None)
        except LimitReached as error:
            return error.code
        return "created"

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(ask, range(50)))

    assert outcomes["created"] == 10
    assert quotas_used(user) == (10, 210, 10)


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize(
    "limits", [{"DAILY_VIDEO_LIMIT": 2}, {"DAILY_SPEND_LIMIT_CENTS": 170}, {"IN_FLIGHT_LIMIT": 2}], ids=str
)
def test_request_larger_than_a_limit_is_refused_to_a_new_user(
    limits: dict[str, int], user: ApiClient, videos: str, limit: Callable[..., None]
) -> None:
    limit(**limits)

    response = user.create_bot_video(videos, type="intro", variations=3)

    assert (response.status_code, problem(response)["code"]) == (429, "daily_limit")
    assert "waiting does not help" in problem(response)["detail"]
    assert (videos_of(videos), quotas_used(user)) == ([], (0, 0, 0))


def test_batch_at_midnight_counts_in_one_day(
    user: ApiClient, without_workflow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Midnight(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Midnight":  # noqa: ARG003
            return next(ticks)

    ticks = iter([Midnight(2026, 11, 21, 23, 59, 59, tzinfo=UTC), *[Midnight(2026, 11, 22, tzinfo=UTC)] * 9])
    resolved = spec.for_user(VideoRequest(prompt="smile", variations=4), owner=user.owner).resolve()
    monkeypatch.setattr(create, "datetime", Midnight)

    assert {video.usage_day for video in create._new_videos(resolved)} == {"2026-11-21"}


@pytest.mark.parametrize(
    ("limits", "code", "words"),
    [
        ({"DAILY_SPEND_LIMIT_CENTS": 100}, "daily_limit", "$1.00; $0.43 is left, and this request costs $0.57"),
        ({"DAILY_VIDEO_LIMIT": 1}, "daily_limit", "1 videos; 0 are left, and this request is for 1"),
        ({"IN_FLIGHT_LIMIT": 1}, "in_flight_limit", "1 unfinished videos"),
    ],
)
def test_each_limit_error_says_what_is_left_and_when_to_retry(
    limits: dict[str, int],
    code: str,
    words: str,
    user: ApiClient,
    videos: str,
    without_workflow: None,
    limit: Callable[..., None],
) -> None:
    limit(**limits)
    user.create_bot_video(videos, type="intro")

    response = user.create_bot_video(videos, type="promo")

    assert (response.status_code, problem(response)["code"]) == (429, code)
    assert words in problem(response)["detail"]
    assert int(response.headers["Retry-After"]) > 0
    assert quotas_used(user) == (1, 57, 1)


def test_finished_video_is_no_longer_in_flight(user: ApiClient, videos: str, limit: Callable[..., None]) -> None:
    limit(IN_FLIGHT_LIMIT=1)

    statuses = [
        user.follow(user.create_bot_video(videos, type=type).json()["id"], videos=videos)["status"]
        for type in ("intro", "promo")
    ]

    assert statuses == ["completed", "completed"]
    assert quotas_used(user) == (2, 114, 0)
