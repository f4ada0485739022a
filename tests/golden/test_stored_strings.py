"""Strings that are stored, signed or sent. A change of one byte would lose a video, a link or an idempotency key.

The expected values are literals on purpose. A refactoring may change the calls in this file, never the values.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from keepreel import aws
from keepreel.db import cursors, global_cap, owners, quotas
from keepreel.db.tables import Community, Video, filter_key, in_flight_shard
from keepreel.media import storage, uploads
from keepreel.providers.base import Submission
from keepreel.schemas.requests import BotVideoRequest, RemixRequest, VideoRequest
from keepreel.videos import counting, sharing, spec, stats, triggers
from keepreel.videos.idempotency import RequestKey
from keepreel.videos.remix import remix
from keepreel.videos.retry import retry
from keepreel.workflow import attempts
from tests.unit.providers.provider_env import FakeSecret, environment_set

USER = "user#5f0e2f4c-0000-4000-8000-000000000001"
VIDEO_ID = "01a1fc7f-f2e9-70e0-8b50-fafe2ecafedc"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)

FINGERPRINTS = {
    "user": "2624136d139c332c8c01a2ed22ddbee59a3dace892c7e65dbf7e28de553d3455",
    "bot": "c89e5518b5f07d4a72766e14c3e55da05836f1b93080f6f644fb4d81cc864aa1",
    "bot, no image": "54ce83fe11d426c7cb73aab15e41b0c812f74a06cf06d10cd3c02eeaa415633d",
    "bot, image": "a7ae986a13524580ab70c9c7f4cfffa5060ccd5f27f15253b7c57aec9ca2d024",
    "remix": "087b691095cd6a68434282dd979e2dd0d864bf103d071e1042c1cbd2e04e2daa",
    "retry": "cc5dcd90965c8633ccb7042b5572f9d1be2c5f9f74657b0f6de694d0337e3f2d",
}
KEYS = [
    "request#user#5f0e2f4c-0000-4000-8000-000000000001#f919e95a4b4ff9653b62653c884960528ea93fd0b591ee8a0b8b2e7ca954ea74",
    "body#user#5f0e2f4c-0000-4000-8000-000000000001#d0f7f3e81c6f531c84af1ba4b538e5c31469a8d535613f4e9bbd2c8bb861cf31",
]
CURSOR = "TRWLLo3eAFVdcQHwdUXaBjAxYTFmYzdmLWYyZTktNzBlMC04YjUwLWZhZmUyZWNhZmVkYw"
SHARE_TOKEN = "7P7QkHukr3CpUstUnRLsWg"
SHARE_HASH = "86f359e67a8582519828caf24d24aeee15c3ddcd03de501a1dc106f43ffeae1b"
ATTEMPT = (
    '{"path": "/v1/videos/image2video", "body": {"model_name": "kling-v2-1", '
    '"image": "sha256:260679791fa8da4dddc6aa3b243c514025e83d3a2f60800b9734b990be5d11a0", '
    '"nested": [{"prompt": "\\u00e4"}], "n": 1, "none": null}, "is_whole": false}'
)
MARKS = [
    "viewed#2026-11-28#2837360cfad12027575bf1de#4",
    "download#user#5f0e2f4c-0000-4000-8000-000000000001#01a1fc7f-f2e9-70e0-8b50-fafe2ecafedc#2026-11-28",
]


@pytest.fixture(autouse=True)
def signing_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(aws, "secret", FakeSecret("keepreel/test/signing", {"key": "golden"}))
    with environment_set(monkeypatch, PUBLIC_URL="https://videos.example"):
        yield


def video(**fields: Any) -> Video:
    return Video(owner=USER, video_id=VIDEO_ID, payer=USER, media_secret="0" * 32, created_at=NOW, **fields)


def community() -> Community:
    return Community(community_id="sophia", owner_id=USER, name="Sophia's friends")


def test_fingerprint_of_a_user_request() -> None:
    request = VideoRequest(prompt="a warm smile", aspect_ratio="16:9", seed=7, variations=2, dry_run=True)

    assert spec.fingerprint(request) == FINGERPRINTS["user"]
    assert spec.for_user(request, owner=USER).fingerprint == FINGERPRINTS["user"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [("bot", {}), ("bot, no image", {"source_image": None}), ("bot, image", {"source_image": "upload:" + "a" * 32})],
)
def test_fingerprint_of_a_community_request(name: str, fields: dict[str, Any]) -> None:
    request = BotVideoRequest(type="promo", **fields)

    assert spec.for_community(request, community(), created_by=USER).fingerprint == FINGERPRINTS[name]


def test_fingerprints_of_a_remix_and_a_retry() -> None:
    failed = video(status="failed")

    remixed = remix(failed, RemixRequest(prompt="a wave", seed=None), created_by=USER)

    assert remixed.fingerprint == FINGERPRINTS["remix"]
    assert retry(failed, created_by=USER).fingerprint == FINGERPRINTS["retry"]


def test_idempotency_keys() -> None:
    request = spec.for_user(VideoRequest(prompt="a warm smile"), owner=USER)

    keys = [
        RequestKey.of(owner=request.owner, request_hash=request.fingerprint, client_key=key).key
        for key in ("my-first-video", None)
    ]

    assert keys == KEYS


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (
            {"detail-type": "CommunityCreated", "id": "e-1", "detail": {"community_id": "s", "intro_video": True}},
            "event e-1",
        ),
        ({"detail-type": "TokenLaunched", "id": "e-2", "detail": {"community_id": "s"}}, "event e-2"),
        (
            {"community_id": "s", "type": "promo", "scheduled_time": "2026-12-01T08:00:00Z"},
            "schedule 2026-12-01T08:00:00Z c78807ec401508e25edb530c1bbf9b4871aa808701f830421ed4812c20f2afda",
        ),
        (
            {"community_id": "s", "type": "promo", "variations": 2},
            "schedule r-1 21fb690964e6a8dfff5b96e8f4cdb71d19cf185ca3473bd673c5d5cdfbcc19c0",
        ),
    ],
)
def test_idempotency_keys_of_triggers(event: dict[str, Any], key: str) -> None:
    triggered = triggers._triggered_video(event, request_id="r-1")

    assert triggered is not None
    assert triggered.key == key


def test_cursor() -> None:
    assert cursors.encode(VIDEO_ID, USER, "kling-3.0", None, "completed") == CURSOR


def test_share_token_and_its_hash() -> None:
    token = sharing._token(VIDEO_ID, "f" * 32)

    assert token == SHARE_TOKEN
    assert sharing._hash(token) == SHARE_HASH
    assert sharing.url(token) == f"https://videos.example/s/{SHARE_TOKEN}"


def test_stored_attempt() -> None:
    body = {"model_name": "kling-v2-1", "image": "A" * 5000, "nested": [{"prompt": "ä"}], "n": 1, "none": None}

    stored = attempts._stored(Submission(video_id=VIDEO_ID, path="/v1/videos/image2video", body=body))

    assert stored == ATTEMPT


def test_table_keys() -> None:
    assert [
        owners.of_community("sophia"),
        quotas._day_key(USER, "2026-11-28"),
        quotas._in_flight_key(USER),
        global_cap._key("2026-11-28", 0),
        stats._day_key(USER, date(2026, 11, 28)),
        stats._total_key(USER),
        filter_key(USER, "completed"),
        str(in_flight_shard(VIDEO_ID)),
    ] == [
        "community#sophia",
        f"usage#{USER}#2026-11-28",
        f"in_flight#{USER}",
        "cap#2026-11-28#0",
        f"stats#{USER}#2026-11-28",
        f"stats#{USER}#total",
        f"{USER}|completed",
        "0",
    ]


def test_marks_of_views_and_downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    marks: list[str] = []
    monkeypatch.setattr(stats, "_today", lambda: date(2026, 11, 28))
    monkeypatch.setattr(counting, "request", counting._mark)
    monkeypatch.setattr(counting, "_write_mark", lambda key, *_, **__: marks.append(key))

    stats.count_view(video(), address="192.0.2.1", user_agent="Mozilla/5.0")
    stats.count_download(video())

    assert marks == MARKS


def test_object_keys() -> None:
    assert storage.video_key(video()) == f"media/{VIDEO_ID}/{'0' * 32}/video.mp4"
    assert storage.thumbnail_key(video()) == f"media/{VIDEO_ID}/{'0' * 32}/thumbnail.jpg"
    assert uploads._key(USER, "a" * 32) == f"uploads/{USER.replace('#', '/')}/{'a' * 32}"
    assert uploads._key("user#a#b", "c") == "uploads/user/a#b/c"
