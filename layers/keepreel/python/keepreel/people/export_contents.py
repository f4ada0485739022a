"""What an export contains: the account, communities, usage, counts, uploads and the records of videos."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from keepreel import aws
from keepreel.db import owners
from keepreel.db.day_limits import USAGE_TTL
from keepreel.db.readable import readable
from keepreel.db.request_items import DailyUsage
from keepreel.db.tables import Video
from keepreel.media import storage, uploads
from keepreel.people import accounts, owned_communities
from keepreel.videos import sharing, stats

# Keys of indexes, secrets in addresses, and what only the workflow needs.
_TECHNICAL = {
    "attempt_request", "attempt_token", "cap_shard", "dispatch_at", "in_flight_shard", "is_probe", "media_secret",
    "next_check_at", "owner_model", "owner_status", "owner_type", "sent_request", "share_nonce", "slot", "slot_queue",
    "slot_taken_at", "slot_token", "waiting_queue",
}  # fmt: skip


def manifest(owner: str, links_valid_for: timedelta) -> dict[str, Any]:
    """Return everything but the videos."""
    account = accounts.find(owners.user_id(owner) or "")
    seconds = int(links_valid_for.total_seconds())
    return {
        "account": {
            "id": owner,
            "email": account.email if account else None,
            "created_at": account.created_at.isoformat() if account else None,
        },
        "communities": [_plain(it) for it in owned_communities.items(owner)],
        "usage": _usage(owner),
        "counts": {it: _counts(it) for it in owned_communities.everyone(owner)},
        "uploads": [
            {"name": uploads.parse_key(key)[1], "url": storage.signed_url(key, seconds=seconds)}
            for key in storage.list_keys(uploads.folder(owner))
        ],
    }


def video(item: Mapping[str, Any], links_valid_for: timedelta) -> dict[str, Any]:
    """Return a video's record, with links to its files and its share link."""
    unreadable = {"record": _plain(item), "files": {}, "share_link": None}
    (found,) = readable([item], lambda it: _readable(it, links_valid_for), fields=_name) or (unreadable,)
    return found


def _readable(item: Mapping[str, Any], links_valid_for: timedelta) -> dict[str, Any]:
    video, seconds = Video.from_raw_data(dict(item)), int(links_valid_for.total_seconds())
    keys = {"video": storage.video_key(video), "thumbnail": storage.thumbnail_key(video)}
    files = {name: storage.signed_url(key, seconds=seconds) for name, key in keys.items() if video.sha256}
    link = sharing.current(video)
    return {"record": _record(video), "files": files, "share_link": link and link.url}


def _record(video: Video) -> dict[str, Any]:
    """Return what the record says, also what it does not store because it equals something else."""
    values = {name: getattr(video, name) for name in video.get_attributes() if name not in _TECHNICAL}
    return {name: _json_value(it) for name, it in sorted(values.items()) if it is not None}


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value.hex() if isinstance(value, bytes) else value


def _name(item: Mapping[str, Any]) -> dict[str, object]:
    """Return what the log may say about a record."""
    return {"owner": item["owner"]["S"], "video_id": item["video_id"]["S"]}


def _usage(owner: str) -> list[dict[str, Any]]:
    today = datetime.now(UTC).date()
    days = [(today - timedelta(days=ago)).isoformat() for ago in range(USAGE_TTL.days + 1)]
    keys = {f"usage#{owner}#{day}": day for day in days}
    wanted: Any = {DailyUsage.Meta.table_name: {"Keys": [{"key": {"S": key}} for key in keys]}}
    found = aws.dynamodb_client().batch_get_item(RequestItems=wanted)["Responses"][DailyUsage.Meta.table_name]
    return [{"day": keys[it["key"]["S"]], **_plain(it)} for it in sorted(found, key=lambda it: it["key"]["S"])]


def _counts(owner: str) -> dict[str, Any]:
    found = stats.for_owner(owner)
    names = ("views", "shares", "downloads")
    days = {day.isoformat(): {name: getattr(it, name) for name in names} for day, it in found.days.items()}
    return {"total": {name: getattr(found.total, name) for name in names}, "days": days}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item of DynamoDB as JSON values, without technical attributes."""
    return {name: _value(value) for name, value in sorted(item.items()) if name not in _TECHNICAL}


def _value(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return float(content) if "." in content or "E" in content else int(content)
        case "B":
            return bytes(content).hex()
        case "M":
            return {name: _value(it) for name, it in content.items()}
        case "L":
            return [_value(it) for it in content]
        case "NULL":
            return None
        case _:
            return content
