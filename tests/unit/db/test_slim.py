"""Records take little room: what is not stored is read from elsewhere, and older records are read as they are."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

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
REQUEST = json.dumps({"path": "/v1/videos/text2video", "body": {"prompt": "ein Lächeln"}, "is_whole": True})


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

    assert {"views", "shares", "downloads", "breaks"}.isdisjoint(item)
    assert (read(item).views, read(item).shares, read(item).downloads, read(item).breaks) == (0, 0, 0, 0)


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


def test_request_of_a_record_with_another_prompt_is_an_error() -> None:
    video = record("user#1", final_prompt="ein Lächeln")
    video.sent_request = slim.packed(REQUEST, video)
    video.final_prompt = "a smile"

    with pytest.raises(ValueError, match="the stored request cannot be read"):
        _ = video.attempt_request
