"""Records take little room: what is not stored is read from elsewhere, and older records are read as they are."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from keepreel import signing
from keepreel.db import slim
from keepreel.db.tables import Video
from keepreel.models import catalog
from keepreel.models.options import Options
from keepreel.providers import registry
from keepreel.providers.base import Job
from keepreel.workflow import attempts
from tests.factories import PROMPT, record

HASH, OTHER_HASH = sha256(b"one").hexdigest(), sha256(b"two").hexdigest()
# Stored by the first version that packs requests. A change here means that stored requests become unreadable.
PACKED = "78f988c45075c31a8020bbb0841fc21e0c73b0c50d004d331de8"
LONG_PROMPT = (
    "A young woman with red hair walks along a rainy street at night. Neon signs are reflected in the puddles, and the "
    "camera follows her at eye level, handheld, until she turns around and looks straight into the lens. Cinematic, 4k."
)
COMPRESSED = "7384e593cc5c05c724605d9993999c510200"
PACKED_WITH_CALLBACK = "78f9c70c4ff8c369038a66b855f8e217e685d48a445049a1979c9f8baff2d54b4c4a061661b500050f2c3e"
REQUEST = json.dumps({"path": "/v1/videos/text2video", "body": {"prompt": "ein Lächeln"}, "is_whole": True})
URL = "https://example.com/callbacks/kling/MXx1c2VyIzE.abc"
REQUEST_WITH_CALLBACK = json.dumps({"path": "/text-to-video/kling-2.6", "body": {"options": {"callback_url": URL}}})


def stored(**fields: Any) -> dict[str, Any]:
    return record("user#1", **fields).serialize()


def read(stored: dict[str, Any]) -> Video:
    return Video.from_raw_data(stored)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("final_prompt", {"prompt": "a smile", "final_prompt": "a smile"}),
        ("payer", {"payer": "user#1"}),
        ("created_by", {"created_by": "user#1"}),
        ("source_sha256", {"sha256": HASH, "source_sha256": HASH}),
    ],
)
def test_value_that_equals_another_is_not_stored_but_read(name: str, fields: dict[str, str]) -> None:
    item = stored(**fields)

    assert name not in item
    assert getattr(read(item), name) == fields[name]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("final_prompt", {"prompt": "a smile", "final_prompt": "A smile, in soft light."}),
        ("final_prompt", {"prompt": None, "final_prompt": "A smile, in soft light."}),
        ("payer", {"payer": "user#2"}),
        ("created_by", {"created_by": "schedule"}),
        ("created_by", {"payer": "user#2", "created_by": "user#1"}),
        ("source_sha256", {"sha256": HASH, "source_sha256": OTHER_HASH}),
    ],
)
def test_value_that_differs_is_stored(name: str, fields: dict[str, Any]) -> None:
    item = stored(**fields)

    assert name in item
    assert getattr(read(item), name) == fields[name]


def test_order_of_the_fields_does_not_matter() -> None:
    video = Video(owner="user#1", video_id="1", final_prompt="a smile", prompt="a smile", created_by="user#1")

    assert {"final_prompt", "created_by", "payer"}.isdisjoint(video.serialize(null_check=False))


def test_zeros_are_not_stored_but_read() -> None:
    item = stored()

    counts = ("views", "shares", "downloads", "breaks", "lookups_missed")
    assert set(counts).isdisjoint(item)
    assert [getattr(read(item), name) for name in counts] == [0] * 5


def test_hashes_are_stored_as_bytes_and_read_from_text_too() -> None:
    item = stored(sha256=HASH, source_sha256=OTHER_HASH)

    assert len(item["sha256"]["B"]) == len(item["source_sha256"]["B"]) == 32
    assert (read(item).sha256, read(item).source_sha256) == (HASH, OTHER_HASH)
    old = item | {"sha256": {"S": HASH}, "source_sha256": {"S": OTHER_HASH}}
    assert (read(old).sha256, read(old).source_sha256) == (HASH, OTHER_HASH)


def test_record_of_an_older_version_is_read() -> None:
    old = stored(prompt=PROMPT) | {
        "final_prompt": {"S": PROMPT},
        "payer": {"S": "user#1"},
        "created_by": {"S": "user#1"},
        "attempt_request": {"S": REQUEST},
        **{name: {"N": "0"} for name in ("views", "shares", "downloads", "breaks", "restarts")},
    }

    video = read(old)

    assert (video.final_prompt, video.payer, video.created_by, video.views) == (PROMPT, "user#1", "user#1", 0)
    assert video.attempt_request == REQUEST


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from tests.unit.providers.provider_env import environment_set

    with environment_set(monkeypatch):
        yield


@pytest.mark.parametrize("prompt", ["a warm smile", 'Ein "Lächeln"\n😀', "x" * 2500])
def test_request_takes_less_than_a_tenth_of_a_record(prompt: str, environment: None) -> None:
    offered = [it for it in catalog.models().values() if not it.retired_on]
    for model in offered:
        video = record("user#1", model=model.id, prompt=prompt, final_prompt=prompt)
        request = attempts._stored(registry.adapter(model.provider).prepare(job_of(video)))

        video.sent_request = slim.packed(request, video)

        assert len(video.sent_request) <= 130, model.id
        assert read(video.serialize()).attempt_request == request
    assert len(offered) > 20


def job_of(video: Video) -> Job:
    model = catalog.models()[video.model]
    has_image = "text" not in model.flows
    return Job(
        video_id=video.video_id,
        model=model,
        prompt=video.final_prompt,
        duration_seconds=model.durations[0],
        aspect_ratio=model.aspect_ratios[0],
        resolution=model.resolutions[0],
        has_image=has_image,
        image="https://example.com/one.jpg" if has_image else None,
        options=Options(),
    )


def test_stored_request_of_an_earlier_version_is_read() -> None:
    video = record("user#1", final_prompt="ein Lächeln")
    video.video_id = "1"
    video.sent_request = bytes.fromhex(PACKED)

    assert video.attempt_request == REQUEST


def test_stored_request_with_a_callback_is_read() -> None:
    video = Video("user#1", "1", provider="kling", model="kling-2.6", final_prompt="ein Lächeln")
    video.sent_request = bytes.fromhex(PACKED_WITH_CALLBACK)

    assert video.attempt_request == REQUEST_WITH_CALLBACK


def test_request_with_a_callback_takes_a_tenth_of_a_record() -> None:
    video = record("user#1", model="kling-2.6", prompt=LONG_PROMPT, final_prompt=LONG_PROMPT)
    name = signing.name_in_url(owner="user#1", video_id=video.video_id)
    url = f"https://d1234567890abc.cloudfront.net/callbacks/kling/{name}.GyYZyquMsNuyW6Cg_jsFzg"
    settings = {"resolution": "720p", "duration": 5, "aspect_ratio": "1:1", "audio": "off"}
    options = {"external_task_id": video.video_id, "watermark_info": {"enabled": False}, "callback_url": url}
    body = {"prompt": LONG_PROMPT, "settings": settings, "options": options}
    request = json.dumps({"path": "/text-to-video/kling-2.6", "body": body, "is_whole": True})

    video.sent_request = slim.packed(request, video)

    assert len(video.sent_request) <= 100
    assert video.attempt_request == request


@pytest.mark.parametrize("text", ["a warm smile", LONG_PROMPT, 'Ein "Lächeln"\n😀', "", "x" * 30_000])
@pytest.mark.parametrize("name", ["prompt", "final_prompt", "negative_prompt", "enhanced_prompt"])
def test_texts_are_stored_compressed_and_read_from_text_too(name: str, text: str) -> None:
    item = stored(**{name: text})

    assert "B" in item[name]
    assert getattr(read(item), name) == getattr(read(item | {name: {"S": text}}), name) == text


def test_prompt_takes_two_thirds_of_its_length_at_most() -> None:
    assert len(stored(prompt=LONG_PROMPT)["prompt"]["B"]) <= len(LONG_PROMPT) * 2 / 3


def test_stored_text_of_an_earlier_version_is_read() -> None:
    item = stored() | {"final_prompt": {"B": bytes.fromhex(COMPRESSED)}}

    assert read(item).final_prompt == "A smile, im Abendlicht"


def test_text_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="the stored text cannot be read"):
        read(stored() | {"final_prompt": {"B": b"\xff\xff"}})


@pytest.mark.parametrize(
    "name",
    [
        *("created_at", "updated_at", "completed_at", "slot_taken_at", "first_attempted_at", "attempted_at"),
        *("first_refused_at", "submitted_at", "file_expires_at"),
    ],
)
def test_times_are_stored_as_bytes_and_read_from_text_too(name: str) -> None:
    time = datetime(2026, 11, 28, 12, 0, 1, 234567, tzinfo=UTC)
    item = stored(**{name: time})

    assert item[name] == {"B": bytes.fromhex("00066154ea97e687")}
    old = item | {name: {"S": "2026-11-28T12:00:01.234567+0000"}}
    assert getattr(read(item), name) == getattr(read(old), name) == time


def test_time_that_equals_another_is_not_stored_but_read() -> None:
    time = datetime(2026, 11, 28, 12, tzinfo=UTC)
    item = stored(updated_at=time, completed_at=time, first_attempted_at=time, attempted_at=time)

    assert {"updated_at", "attempted_at"}.isdisjoint(item)
    assert (read(item).updated_at, read(item).attempted_at) == (time, time)


def test_request_of_a_record_with_another_prompt_is_an_error() -> None:
    video = record("user#1", final_prompt="ein Lächeln")
    video.sent_request = slim.packed(REQUEST, video)
    video.final_prompt = "a smile"

    with pytest.raises(ValueError, match="the stored request cannot be read"):
        _ = video.attempt_request
