"""How often videos were seen, shared and downloaded: counted once where once is meant, and summed by owner and day."""

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
from keepreel.db.status import Status
from keepreel.db.tables import DailyStats, Video
from keepreel.db.transactions import Canceled
from keepreel.errors import StoreUnavailable
from keepreel.logs import logger

_DAYS_SHOWN = 30
_SUM_KEPT = timedelta(days=40)
_MARK_KEPT = timedelta(days=2)  # longer than the day that is part of its key

# Parts of the user agents of programs that look at pages for nobody in particular. Not "bot": phones are called so too.
_BOTS = (
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

_Counted = Literal["views", "shares", "downloads"]


@dataclass(frozen=True, kw_only=True)
class Counts:
    views: int
    shares: int
    downloads: int


@dataclass(frozen=True, kw_only=True)
class Stats:
    """An owner's sums: since ever, and of the last thirty days (UTC), newest first."""

    total: Counts
    days: Mapping[date, Counts]


def count_view(video: Video, *, address: str, user_agent: str | None) -> None:
    """Counts a visitor once per video and day, and no bot; the mark does not tell who it was.

    A store that does not answer is logged: a count is no reason not to show a video.
    """
    if not user_agent or any(name in user_agent.lower() for name in _BOTS):
        return
    day = _today().isoformat()
    visitor = signing.signature("view", day, video.video_id, address, user_agent)[:16].hex()
    _count_once(video, "views", mark=f"view#{video.video_id}#{day}#{visitor}")


def count_download(video: Video) -> None:
    """Counts a video's downloads by its owner once per day; likewise."""
    _count_once(video, "downloads", mark=f"download#{video.owner}#{video.video_id}#{_today().isoformat()}")


def count_share(transaction: TransactWrite, video: Video, *, actions: Sequence[Action], condition: Condition) -> None:
    """Counts a new link in the transaction that makes it; the record's other changes go with it, since a transaction
    writes to an item once.
    """
    _add(transaction, video, "shares", actions=actions, condition=condition)


def stats(owner: str) -> Stats:
    """By one BatchGet, however many videos there are. A day without anything is zeros."""
    days = [_today() - timedelta(days=ago) for ago in range(_DAYS_SHOWN)]
    keys = [_total_key(owner), *(_day_key(owner, day) for day in days)]
    found = {it.key: it for it in DailyStats.batch_get(keys, consistent_read=True)}
    total, *daily = (_counts(found.get(key)) for key in keys)
    return Stats(total=total, days=dict(zip(days, daily, strict=True)))


def _count_once(video: Video, what: _Counted, *, mark: str) -> None:
    """The mark and all sums in one transaction, so that neither a crash nor a race counts anything twice or half."""
    marked = DailyStats.expires_at.set(datetime.now(UTC) + _MARK_KEPT)

    def fill(transaction: TransactWrite) -> None:
        transaction.update(DailyStats(mark), actions=[marked], condition=DailyStats.key.does_not_exist())
        _add(transaction, video, what)

    try:
        with suppress(Canceled):  # it was counted today, or the video is gone
            transactions.write(fill)
    except (StoreUnavailable, *STORE_ERRORS) as error:
        logger.warning(
            "not counted", extra={"video_id": video.video_id, "counted": what, "reason": type(error).__name__}
        )


def _add(
    transaction: TransactWrite,
    video: Video,
    what: _Counted,
    *,
    actions: Sequence[Action] = (),
    condition: Condition | None = None,
) -> None:
    """One more, for the video and for its owner. On a condition: ADD would make a record of a video that is gone."""
    is_kept = Video.status == Status.COMPLETED
    transaction.update(
        video,
        actions=[getattr(Video, what).add(1), *actions],
        condition=is_kept if condition is None else is_kept & condition,
    )
    one_more: Action = getattr(DailyStats, what).add(1)
    until = DailyStats.expires_at.set(datetime.now(UTC) + _SUM_KEPT)
    transaction.update(DailyStats(_day_key(video.owner, _today())), actions=[one_more, until])
    transaction.update(DailyStats(_total_key(video.owner)), actions=[one_more])


def _counts(found: DailyStats | None) -> Counts:
    if found is None:
        return Counts(views=0, shares=0, downloads=0)
    return Counts(views=int(found.views), shares=int(found.shares), downloads=int(found.downloads))


def _today() -> date:
    return datetime.now(UTC).date()


def _day_key(owner: str, day: date) -> str:
    return f"stats#{owner}#{day.isoformat()}"


def _total_key(owner: str) -> str:
    return f"stats#{owner}#total"
