"""Count views, shares and downloads of videos, and sum them by owner and day."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from keepreel import signing
from keepreel.aws import STORE_ERRORS
from keepreel.db import transactions
from keepreel.db.readable import readable
from keepreel.db.request_items import DailyStats
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.db.transactions import Canceled
from keepreel.errors import StoreUnavailable
from keepreel.logs import logger

_DAYS_LISTED = 30
_DAY_TTL = timedelta(days=40)
_MARK_TTL = timedelta(days=2)  # longer than the day that is part of its key

# Parts of the user agents of crawlers, previews and scripts. Not "bot", which some phones' user agents contain.
_BOT_USER_AGENTS = (
    "adsbot-google", "ahrefsbot", "aiohttp", "amazonbot", "apache-httpclient", "applebot", "axios/", "baiduspider",
    "bingbot", "bingpreview", "bitlybot", "bluesky cardyb", "bytespider", "ccbot", "claudebot", "curl/", "discordbot",
    "dotbot", "duckduckbot", "embedly", "facebookcatalog", "facebookexternalhit", "go-http-client",
    "google-inspectiontool", "googlebot", "googleother", "gptbot", "headlesschrome", "iframely", "java/",
    "libwww-perl", "lighthouse", "linkedinbot", "mastodon/", "mediapartners-google", "meta-externalagent", "mj12bot",
    "node-fetch", "oai-searchbot", "okhttp", "perplexitybot", "petalbot", "phantomjs", "pingdom", "pinterestbot",
    "playwright", "postmanruntime", "puppeteer", "python-httpx", "python-requests", "python-urllib", "redditbot",
    "semrushbot", "skypeuripreview", "slack-imgproxy", "slackbot", "slurp", "telegrambot", "twitterbot", "uptimerobot",
    "vkshare", "wget", "whatsapp", "yandexbot",
)  # fmt: skip

_Counter = Literal["views", "shares", "downloads"]


@dataclass(frozen=True, kw_only=True)
class Counts:
    views: int
    shares: int
    downloads: int


_NO_COUNTS = Counts(views=0, shares=0, downloads=0)


@dataclass(frozen=True, kw_only=True)
class Stats:
    """An owner's totals, and counts for each of the last thirty days (UTC), newest first."""

    total: Counts
    days: Mapping[date, Counts]


def count_view(video: Video, *, address: str, user_agent: str | None) -> None:
    """Count a visitor once per video and day. Bots are not counted. The mark does not identify the visitor.

    A failed write is only logged, because a counter must not keep a video from being shown.
    """
    if not user_agent or any(name in user_agent.lower() for name in _BOT_USER_AGENTS):
        return
    day = _today().isoformat()
    visitor = signing.signature("view", day, video.video_id, address, user_agent)[:16].hex()
    _count_once(video, "views", mark=f"view#{video.video_id}#{day}#{visitor}")


def count_download(video: Video) -> None:
    """Count a video's downloads by its owner once per day. A failed write is only logged."""
    _count_once(video, "downloads", mark=f"download#{video.owner}#{video.video_id}#{_today().isoformat()}")


def count_share(transaction: TransactWrite, video: Video, *, actions: Sequence[Action], condition: Condition) -> None:
    """Count a new link in the transaction that creates it.

    `actions` are the record's other changes, because a transaction can write to an item only once.
    """
    _add(transaction, video, "shares", actions=actions, condition=condition)


def for_owner(owner: str) -> Stats:
    """Return an owner's counts with one BatchGet, however many videos there are. An empty day has zeros.

    A day with an unreadable value has zeros too, and is reported.
    """
    days = [_today() - timedelta(days=ago) for ago in range(_DAYS_LISTED)]
    keys = [_total_key(owner), *(_day_key(owner, day) for day in days)]
    found = _read(keys)
    total, *daily = (found.get(key, _NO_COUNTS) for key in keys)
    return Stats(total=total, days=dict(zip(days, daily, strict=True)))


def _count_once(video: Video, counter: _Counter, *, mark: str) -> None:
    """Write the mark and all sums in one transaction, so that no crash or race counts twice or only partly."""
    set_ttl = DailyStats.expires_at.set(datetime.now(UTC) + _MARK_TTL)

    def add_items(transaction: TransactWrite) -> None:
        transaction.update(DailyStats(mark), actions=[set_ttl], condition=DailyStats.key.does_not_exist())
        _add(transaction, video, counter)

    try:
        with suppress(Canceled):  # already counted today, or the video is gone
            transactions.write(add_items)
    except (StoreUnavailable, *STORE_ERRORS) as error:
        logger.warning(
            "not counted", extra={"video_id": video.video_id, "counter": counter, "reason": type(error).__name__}
        )


def _add(
    transaction: TransactWrite,
    video: Video,
    counter: _Counter,
    *,
    actions: Sequence[Action] = (),
    condition: Condition | None = None,
) -> None:
    """Add one for the video and for its owner. The condition keeps ADD from creating a record for a deleted video."""
    is_completed = Video.status == Status.COMPLETED
    transaction.update(
        video,
        actions=[getattr(Video, counter).add(1), *actions],
        condition=is_completed if condition is None else is_completed & condition,
    )
    add_one: Action = getattr(DailyStats, counter).add(1)
    extend_ttl = DailyStats.expires_at.set(datetime.now(UTC) + _DAY_TTL)
    transaction.update(DailyStats(_day_key(video.owner, _today())), actions=[add_one, extend_ttl])
    transaction.update(DailyStats(_total_key(video.owner)), actions=[add_one])


def _read(keys: Sequence[str]) -> dict[str, Counts]:
    try:
        return _batch_get(keys)
    except (ValueError, TypeError):  # one unreadable item ends the whole batch, so read each item by itself
        parts = readable(keys, lambda key: _batch_get([key]), fields=lambda key: {"key": key})
        return {key: counts for part in parts for key, counts in part.items()}


def _batch_get(keys: Sequence[str]) -> dict[str, Counts]:
    return {item.key: _counts(item) for item in DailyStats.batch_get(keys, consistent_read=True)}


def _counts(found: DailyStats) -> Counts:
    return Counts(views=int(found.views), shares=int(found.shares), downloads=int(found.downloads))


def _today() -> date:
    return datetime.now(UTC).date()


def _day_key(owner: str, day: date) -> str:
    return f"stats#{owner}#{day.isoformat()}"


def _total_key(owner: str) -> str:
    return f"stats#{owner}#total"
