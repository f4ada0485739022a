"""Counts of views, shares and downloads, and their totals."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError

from keepreel.db import transactions
from keepreel.db.request_items import DailyStats
from keepreel.db.tables import Video
from keepreel.videos import stats
from local.stack import Stack
from tests import factories
from tests.api_client import ApiClient
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
    found: dict[str, int] = user.video(video["id"])["counts"]
    return found


def get_stats(user: ApiClient, path: str = "/v1/stats") -> dict[str, Any]:
    found: dict[str, Any] = user.send("GET", path).json()
    return found


def request_through_the_cdn(stack: Stack, *, token: str, passed: str) -> None:
    event = json.loads(EVENT.read_text())
    event["headers"] |= {"user-agent": PHONE, "x-forwarded-for": passed}
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/s/{token}"
    assert stack.invoker.invoke("SharedVideoFunction", event).value["statusCode"] == 200


def test_visitor_counts_once_a_day(user: ApiClient, finished: dict[str, Any]) -> None:
    url = share(user, finished)["url"]

    for agent in (PHONE, LAPTOP, PHONE, LAPTOP, PHONE):
        visit(url, agent)

    assert counts(user, finished) == {"views": 2, "shares": 1, "downloads": 0}


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


def test_behind_the_cdn_its_address_of_the_visitor_counts_and_not_a_forged_one(
    user: ApiClient, finished: dict[str, Any], stack: Stack
) -> None:
    token = share(user, finished)["url"][-22:]

    for passed in ("192.0.2.7, 198.51.100.1", "192.0.2.7, 198.51.100.2", "forged, 192.0.2.7, 198.51.100.1"):
        request_through_the_cdn(stack, token=token, passed=passed)
    assert counts(user, finished)["views"] == 1

    request_through_the_cdn(stack, token=token, passed="192.0.2.8, 198.51.100.1")
    assert counts(user, finished)["views"] == 2


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


@pytest.mark.parametrize(("moment", "counted"), [("before", 0), ("after", 1)])
def test_crash_while_counting_counts_all_or_nothing(
    moment: str, counted: int, user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, write = share(user, finished)["url"], transactions.write

    def killed(fill: Any) -> None:
        if moment == "after":
            write(fill)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(transactions, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            stats.count_view(record(user, finished), address="127.0.0.1", user_agent=PHONE)
    after_the_crash = counts(user, finished)["views"], get_stats(user)["total"]["views"]
    visit(url, PHONE)

    assert after_the_crash == (counted, counted)
    assert (counts(user, finished)["views"], get_stats(user)["total"]["views"]) == (1, 1)


def test_page_is_shown_even_if_the_view_cannot_be_counted(
    user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = share(user, finished)["url"]

    def unavailable(_fill: Any) -> None:
        raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")

    with monkeypatch.context() as patched:
        patched.setattr(transactions, "write", unavailable)
        visit(url, PHONE)
        assert user.send("GET", finished["links"]["download"]).status_code == 302

    assert counts(user, finished)["views"] == 0


def test_visitor_mark_does_not_identify_the_visitor(user: ApiClient, finished: dict[str, Any]) -> None:
    visit(share(user, finished)["url"], PHONE)

    marks = [it.key for it in DailyStats.scan(DailyStats.key.startswith(f"view#{finished['id']}#"))]

    assert len(marks) == 1
    assert "127.0.0.1" not in marks[0]
    assert "iPhone" not in marks[0]


def test_marks_and_days_expire_and_the_total_does_not(user: ApiClient, finished: dict[str, Any]) -> None:
    visit(share(user, finished)["url"], PHONE)
    found = [
        *DailyStats.scan(DailyStats.key.startswith(f"view#{finished['id']}#")),
        *DailyStats.scan(DailyStats.key.startswith(f"stats#{user.owner}#2")),
        DailyStats.get(f"stats#{user.owner}#total"),
    ]

    lifetimes = [it.expires_at and round((it.expires_at - datetime.now(UTC)) / timedelta(days=1)) for it in found]

    assert lifetimes == [2, 40, None]
