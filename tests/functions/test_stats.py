"""Counts of views, shares and downloads, and their totals."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import requests
from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError

from keepreel import aws
from keepreel.db.request_items import DailyStats, OwnerStats
from keepreel.db.tables import Video
from keepreel.settings import cdn_key
from keepreel.videos import counting, owner_counts, stats
from local.stack import Stack
from tests import factories
from tests.api_client import ApiClient
from tests.bench.aws_meter import Meter, metered
from tests.factories import put
from tests.functions.test_sharing import finished, record, share

__all__ = ["finished"]

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EVENT = Path(__file__).parents[1] / "events" / "shared_video.json"
BOT_USER_AGENTS = [
    "",
    "curl/8.5.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "TelegramBot (like TwitterBot)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1",
    "Slackbot-LinkExpanding 1.0",
    "Mozilla/5.0 (compatible; Discordbot/2.0)",
    "WhatsApp/2.23",
]


def visit(url: str, agent: str, *, method: str = "GET") -> None:
    assert requests.request(method, url, headers={"User-Agent": agent}, timeout=60).ok


def counts(user: ApiClient, video: dict[str, Any]) -> dict[str, int]:
    """Return the counts of a video, after the last count has ended."""
    user.wait_until_idle()
    found: dict[str, int] = user.video(video["id"])["counts"]
    return found


def get_stats(user: ApiClient, path: str = "/v1/stats") -> dict[str, Any]:
    user.wait_until_idle()
    found: dict[str, Any] = user.send("GET", path).json()
    return found


def request_page(stack: Stack, *, token: str, forwarded: str, **headers: str) -> None:
    event = json.loads(EVENT.read_text())
    event["headers"] |= {"user-agent": PHONE, "x-forwarded-for": forwarded, **headers}
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/s/{token}"
    assert stack.invoker.invoke("SharedVideoFunction", event).value["statusCode"] == 200


@pytest.fixture
def meter(stack: Stack) -> Iterator[Meter]:
    with metered(has_units=False) as meter:
        yield meter


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    """All tests have the same address."""
    counting.forget_requests()


def test_visitor_counts_once_a_day_with_any_user_agent(user: ApiClient, finished: dict[str, Any]) -> None:
    url = share(user, finished)["url"]

    for agent in (PHONE, LAPTOP, PHONE, LAPTOP, "Mozilla/5.0 made up"):
        visit(url, agent)

    assert counts(user, finished) == {"views": 1, "shares": 1, "downloads": 0}


def test_visitor_counts_again_on_another_day(
    user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, today = share(user, finished)["url"], datetime.now(UTC).date()

    visit(url, PHONE)
    monkeypatch.setattr(stats, "_today", lambda: today + timedelta(days=1))
    visit(url, PHONE)

    assert counts(user, finished)["views"] == 2
    assert [(day["day"], day["views"]) for day in get_stats(user)["days"][:3]] == [
        (str(today + timedelta(days=1)), 1),
        (str(today), 1),
        (str(today - timedelta(days=1)), 0),
    ]


def test_address_that_the_cdn_saw_counts_for_its_requests(
    user: ApiClient, finished: dict[str, Any], stack: Stack
) -> None:
    token = share(user, finished)["url"][-22:]
    cdn = {"x-keepreel-cdn": cdn_key()}

    for forwarded in ("192.0.2.7, 198.51.100.1", "192.0.2.7, 198.51.100.2", "forged, 192.0.2.7, 198.51.100.1"):
        request_page(stack, token=token, forwarded=forwarded, **cdn)
    assert counts(user, finished)["views"] == 1

    request_page(stack, token=token, forwarded="192.0.2.8, 198.51.100.1", **cdn)
    assert counts(user, finished)["views"] == 2


@pytest.mark.parametrize("headers", [{}, {"x-keepreel-cdn": ""}, {"x-keepreel-cdn": "guessed"}])
def test_forwarded_address_beside_the_cdn_does_not_count(
    headers: dict[str, str], user: ApiClient, finished: dict[str, Any], stack: Stack
) -> None:
    token = share(user, finished)["url"][-22:]

    for number in range(5):
        request_page(stack, token=token, forwarded=f"192.0.2.{number}, 198.51.100.{number}", **headers)

    assert counts(user, finished)["views"] == 1


def test_network_of_an_ipv6_visitor_counts_once(user: ApiClient, finished: dict[str, Any]) -> None:
    share(user, finished)

    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"):
        stats.count_view(record(user, finished), address=address, user_agent=PHONE)

    assert counts(user, finished)["views"] == 2


class _OneMinute(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 11, 28, 12, 30, tzinfo=tz)


def test_address_counts_a_limited_number_of_videos(
    user: ApiClient, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "datetime", _OneMinute)
    monkeypatch.setattr(counting, "time", SimpleNamespace(time=lambda: 0))
    ids = put(user.owner, 120)
    events = [
        counting.Event(counter="views", owner=user.owner, video_id=id, day="2026-11-28", visitor=uuid4().hex[:24])
        for id in ids
    ]
    same_visitor = [replace(it, visitor=events[0].visitor) for it in events]

    for event in same_visitor:
        counting.count(event)

    assert get_stats(user)["total"]["views"] <= 8 * 10
    for event in same_visitor:
        counting.request(event)
    assert meter.names.count("lambda:POST invocations") <= counting.MAX_A_MINUTE


def test_repeated_view_is_not_even_passed_on(user: ApiClient, finished: dict[str, Any], meter: Meter) -> None:
    video = record(user, finished)

    for number in range(50):
        stats.count_view(video, address="192.0.2.7", user_agent=f"Mozilla/5.0 {number}")

    assert meter.names.count("lambda:POST invocations") == 1


def test_visitor_counts_once_with_concurrent_requests(user: ApiClient, finished: dict[str, Any]) -> None:
    url = share(user, finished)["url"]

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: visit(url, PHONE), range(20)))

    assert counts(user, finished)["views"] == 1


@pytest.mark.parametrize("agent", BOT_USER_AGENTS)
def test_programs_do_not_count(agent: str, user: ApiClient, finished: dict[str, Any]) -> None:
    url = share(user, finished)["url"]

    visit(url, agent)
    visit(url, PHONE, method="HEAD")

    assert counts(user, finished)["views"] == 0


def test_download_counts_once_a_day_and_a_thumbnail_never(user: ApiClient, finished: dict[str, Any]) -> None:
    for path in ("", "", "?variant=thumbnail"):
        assert user.send("GET", f"{finished['links']['download']}{path}").status_code == 302
    user.send("HEAD", finished["links"]["download"])

    assert counts(user, finished) == {"views": 0, "shares": 0, "downloads": 1}


def test_returning_the_same_link_counts_no_share(user: ApiClient, finished: dict[str, Any]) -> None:
    for _ in range(3):
        share(user, finished)
    user.send("DELETE", finished["links"]["share"])
    share(user, finished)

    assert counts(user, finished)["shares"] == 2


def test_totals_are_per_day_and_overall(user: ApiClient, finished: dict[str, Any]) -> None:
    other = factories.finished_video(user, prompt="other")
    for video in (finished, other):
        visit(share(user, video)["url"], PHONE)
    user.send("GET", finished["links"]["download"])

    totals = get_stats(user)

    expected = {"views": 2, "shares": 2, "downloads": 1}
    assert totals["total"] == expected
    assert (len(totals["days"]), {name: totals["days"][0][name] for name in expected}) == (30, expected)
    assert [day["day"] for day in totals["days"]] == sorted((day["day"] for day in totals["days"]), reverse=True)
    assert not any(day["views"] for day in totals["days"][1:])


def test_totals_are_per_user(user: ApiClient, other_user: ApiClient, finished: dict[str, Any]) -> None:
    share(user, finished)

    assert get_stats(other_user)["total"] == {"views": 0, "shares": 0, "downloads": 0}


def test_totals_are_read_by_one_call(user: ApiClient, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def recorded(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            calls.append(operation)
        return call(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)

    get_stats(user)

    assert calls == ["BatchGetItem"]


def test_counting_does_not_recreate_a_deleted_video(user: ApiClient, finished: dict[str, Any]) -> None:
    url = share(user, finished)["url"]
    user.send("DELETE", finished["links"]["self"])

    requests.get(url, headers={"User-Agent": PHONE}, timeout=60)

    assert user.send("GET", "/v1/videos").json()["videos"] == []
    assert get_stats(user)["total"]["views"] == 0


def test_counting_during_a_delete_leaves_nothing(user: ApiClient, finished: dict[str, Any]) -> None:
    video = record(user, finished)
    video.delete()

    stats.count_view(video, address="192.0.2.7", user_agent=PHONE)
    stats.count_download(video)

    assert list(Video.query(user.owner, consistent_read=True)) == []
    assert get_stats(user)["total"] == {"views": 0, "shares": 0, "downloads": 0}


@pytest.mark.parametrize("killed_at", ["_add", "owner_counts.add", "_refresh_list"])
def test_killed_count_is_never_counted_twice(
    killed_at: str, user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = record(user, finished)
    event = counting.Event(
        counter="views", owner=video.owner, video_id=video.video_id, day=str(datetime.now(UTC).date()), visitor="1" * 24
    )

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"keepreel.videos.counting.{killed_at}", killed)
        with suppress(KeyboardInterrupt):
            counting.count(event)
    for _ in range(3):
        counting.count(event)

    assert counts(user, finished)["views"] == (0 if killed_at == "_add" else 1)
    assert get_stats(user)["total"]["views"] <= 1


def test_page_and_download_work_even_if_nothing_can_be_counted(
    user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = share(user, finished)["url"]

    def unavailable() -> Any:
        raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")

    with monkeypatch.context() as patched:
        patched.setattr(aws, "lambda_functions", unavailable)
        visit(url, PHONE)
        assert user.send("GET", finished["links"]["download"]).status_code == 302
    assert counts(user, finished)["views"] == 0

    visit(url, PHONE)
    assert counts(user, finished)["views"] == 1


def test_counts_of_an_older_version_are_continued(user: ApiClient, finished: dict[str, Any]) -> None:
    today = datetime.now(UTC).date().isoformat()
    record(user, finished).update(actions=[Video.views.set(5), Video.downloads.set(2)])
    for day in ("total", today):
        DailyStats(f"stats#{user.owner}#{day}", views=5, downloads=2).save()

    assert counts(user, finished) == {"views": 5, "shares": 0, "downloads": 2}
    stats.count_view(record(user, finished), address="192.0.2.7", user_agent=PHONE)

    assert counts(user, finished) == {"views": 6, "shares": 0, "downloads": 2}
    found = get_stats(user)
    assert (found["total"]["views"], found["days"][0]["views"], found["days"][0]["downloads"]) == (6, 6, 2)


def test_list_shows_the_counts_of_the_last_day_on_which_one_was_counted(
    user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    video, today = record(user, finished), datetime.now(UTC).date()

    def listed() -> int:
        user.wait_until_idle()
        return int(user.send("GET", "/v1/videos").json()["videos"][0]["counts"]["views"])

    stats.count_view(video, address="192.0.2.7", user_agent=PHONE)
    assert (counts(user, finished)["views"], listed()) == (1, 0)
    monkeypatch.setattr(stats, "_today", lambda: today + timedelta(days=1))
    stats.count_view(video, address="192.0.2.7", user_agent=PHONE)

    assert (counts(user, finished)["views"], listed()) == (2, 2)


def test_count_that_comes_after_midnight_belongs_to_its_day(user: ApiClient, finished: dict[str, Any]) -> None:
    for day, number in (("2026-11-28", 1), ("2026-11-29", 2), ("2026-11-28", 4), ("2026-11-30", 8)):
        for _ in range(number):
            owner_counts.add(user.owner, "views", day=day)

    days = {day: DailyStats.get(owner_counts.day_key(user.owner, day)).views for day in ("2026-11-28", "2026-11-29")}
    total = OwnerStats.get(owner_counts.total_key(user.owner))

    assert days == {"2026-11-28": 5, "2026-11-29": 2}
    assert (total.views, total.day, total.day_views) == (15, "2026-11-30", 8)


def test_concurrent_counts_around_midnight_are_all_counted(user: ApiClient, stack: Stack) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: owner_counts.add(user.owner, "views", day=f"2026-11-{28 + n // 10}"), range(20)))

    total = OwnerStats.get(owner_counts.total_key(user.owner))
    assert total.views == 20
    day = DailyStats.get(owner_counts.day_key(user.owner, "2026-11-28"))
    assert (day.views, total.day, total.day_views) == (10, "2026-11-29", 10)


def test_visitor_mark_does_not_identify_the_visitor(user: ApiClient, finished: dict[str, Any]) -> None:
    visit(share(user, finished)["url"], PHONE)
    assert counts(user, finished)["views"] == 1

    marks = [it.key for it in DailyStats.scan(DailyStats.key.startswith("viewed#"))]

    assert marks
    assert not [it for it in marks if "127.0.0.1" in it or "iPhone" in it or finished["id"] in it]


def test_marks_and_days_expire_and_the_totals_do_not(user: ApiClient, finished: dict[str, Any]) -> None:
    user.send("GET", finished["links"]["download"])
    share(user, finished)
    assert counts(user, finished)["downloads"] == 1
    found = [
        *DailyStats.scan(DailyStats.key.startswith(f"download#{user.owner}#")),
        *DailyStats.scan(DailyStats.key.startswith(f"stats#{user.owner}#2")),
        DailyStats.get(f"stats#{user.owner}#total"),
    ]

    lifetimes = [it.expires_at and round((it.expires_at - datetime.now(UTC)) / timedelta(days=1)) for it in found]

    assert lifetimes == [2, 40, None]
