"""Count views, shares and downloads of videos, and sum them by owner and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from keepreel import signing
from keepreel.db.readable import readable
from keepreel.db.request_items import OwnerStats
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.videos import counting, owner_counts

_DAYS_LISTED = 30

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


@dataclass(frozen=True, kw_only=True)
class Counts:
    views: int
    shares: int
    downloads: int

    def plus(self, *, views: int, downloads: int) -> "Counts":
        return Counts(views=self.views + views, shares=self.shares, downloads=self.downloads + downloads)


_NO_COUNTS = Counts(views=0, shares=0, downloads=0)


@dataclass(frozen=True, kw_only=True)
class Stats:
    """An owner's totals, and counts for each of the last thirty days (UTC), newest first."""

    total: Counts
    days: Mapping[date, Counts]


def count_view(video: Video, *, address: str, user_agent: str | None) -> None:
    """Count a visitor once per video and day, off the request. Bots are not counted.

    A visitor is known by a hash of the address that changes every day. The user agent is not part of it, because a
    client can send any.
    """
    if not user_agent or any(name in user_agent.lower() for name in _BOT_USER_AGENTS):
        return
    day = _today().isoformat()
    visitor = signing.signature("visitor", day, _network(address))[:12].hex()
    _request("views", video, day=day, visitor=visitor)


def count_download(video: Video) -> None:
    """Count a video's downloads by its owner once per day, off the request."""
    _request("downloads", video, day=_today().isoformat(), visitor=video.owner)


def count_share(transaction: TransactWrite, video: Video, *, actions: Sequence[Action], condition: Condition) -> None:
    """Count a new link in the transaction that creates it.

    `actions` are the record's other changes, because a transaction can write to an item only once.
    """
    is_completed = Video.status == Status.COMPLETED
    transaction.update(video, actions=[Video.shares.add(1), *actions], condition=is_completed & condition)
    owner_counts.write(transaction, video.owner, "shares", day=_today().isoformat())


def _request(counter: counting.Counter, video: Video, *, day: str, visitor: str) -> None:
    counting.request(
        counting.Event(counter=counter, owner=video.owner, video_id=video.video_id, day=day, visitor=visitor)
    )


def _network(address: str) -> str:
    """Return the address, or the network of an IPv6 address, in which one visitor may choose from many."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(parsed) if parsed.version == 4 else str(ip_network((parsed, 64), strict=False))


def for_owner(owner: str) -> Stats:
    """Return an owner's counts with one BatchGet, however many videos there are. An empty day has zeros.

    A day with an unreadable value has zeros too, and is reported.
    """
    days = [_today() - timedelta(days=ago) for ago in range(_DAYS_LISTED)]
    total_key, day_keys = _total_key(owner), [_day_key(owner, day) for day in days]
    found = _read([total_key, *day_keys])
    total = found.get(total_key, OwnerStats())
    counts = {day: _counts(found.get(key)) for day, key in zip(days, day_keys, strict=True)}
    current = date.fromisoformat(total.day) if total.day else None
    if current in counts:  # its views and downloads are not moved yet
        counts[current] = counts[current].plus(views=int(total.day_views), downloads=int(total.day_downloads))
    return Stats(total=_counts(total), days=counts)


def _read(keys: Sequence[str]) -> dict[str, OwnerStats]:
    """Return the items by key. Those of days have the same counts as the one of totals."""
    try:
        return _batch_get(keys)
    except (ValueError, TypeError):  # one unreadable item ends the whole batch, so read each item by itself
        parts = readable(keys, lambda key: _batch_get([key]), fields=lambda key: {"key": key})
        return {key: counts for part in parts for key, counts in part.items()}


def _batch_get(keys: Sequence[str]) -> dict[str, OwnerStats]:
    found = {item.key: item for item in OwnerStats.batch_get(keys, consistent_read=True)}
    for item in found.values():
        _counts(item)
    return found


def _counts(found: OwnerStats | None) -> Counts:
    if found is None:
        return _NO_COUNTS
    return Counts(views=int(found.views), shares=int(found.shares), downloads=int(found.downloads))


def _today() -> date:
    return datetime.now(UTC).date()


def _day_key(owner: str, day: date) -> str:
    return owner_counts.day_key(owner, day.isoformat())


def _total_key(owner: str) -> str:
    return owner_counts.total_key(owner)
