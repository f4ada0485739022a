"""Details of one video: what was sent to the provider, without anything secret."""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from keepreel.api import etags, video_details
from keepreel.db.tables import Video
from keepreel.media import uploads
from tests.factories import record
from tests.unit.providers.provider_env import environment_set

SIGNED = "https://files.example.com/a.jpg?X-Amz-Signature=secret"


def details(**fields: Any) -> dict[str, Any]:
    return video_details.details_json(record("user#me", status="processing", **fields))


def request(body: dict[str, Any], path: str = "/omni-video/x") -> Any:
    stored = json.dumps({"path": path, "body": body, "is_whole": True})
    return details(attempt_request=stored)["generation_metadata"]["request"]


@pytest.fixture(autouse=True)
def signed_urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    counter = iter(range(100))
    monkeypatch.setattr(uploads, "view_url", lambda **_: f"https://bucket.example.com/?signature={next(counter)}")
    with environment_set(monkeypatch, PUBLIC_URL="https://videos.example"):
        yield


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"prompt": "a smile", "n": 1, "sound": False}, {"prompt": "a smile", "n": 1, "sound": False}),
        ({"contents": [{"type": "first_frame", "url": SIGNED}]},
         {"contents": [{"type": "first_frame", "url": "https://files.example.com/a.jpg"}]}),
        ({"image": b64encode(bytes(900)).decode()}, {"image": "(1200 characters of Base64)"}),
        ({"options": {"callback_url": "https://x.example.com/secret", "id": "a"}}, {"options": {"id": "a"}}),
        ({"prompt": f"see {SIGNED}"}, {"prompt": f"see {SIGNED}"}),
    ],
)  # fmt: skip
def test_request_is_shown_without_signatures_and_images(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    assert request(sent)["body"] == shown


def test_query_of_the_path_is_not_shown() -> None:
    assert request({}, path="/dop?hf_webhook=https://x.example.com/secret")["path"] == "/dop"


def test_video_that_was_not_submitted_has_no_request_and_no_bill() -> None:
    assert details()["generation_metadata"] == {
        "template": None,
        "seed": None,
        "options": {},
        "request": None,
        "bill": None,
    }


def test_bill_is_shown_as_it_was_billed() -> None:
    metadata = details(actual_cost_usd=0.252, billed_as={"units": 1.8})["generation_metadata"]

    assert metadata["bill"] == {"usd": 0.252, "billed_as": {"units": 1.8}}


def test_signed_link_does_not_change_the_etag() -> None:
    video: Video = record("user#me", source_image="upload:" + "a" * 32)
    one, other = video_details.details_json(video), video_details.details_json(video)

    assert one["source_image_link"] != other["source_image_link"]
    assert len({etags.for_json(video_details.for_etag(it)) for it in (one, other)}) == 1


def test_link_of_an_external_image_is_its_url() -> None:
    shown = details(source_image="https://example.com/a.jpg")

    assert (shown["source_image_link"], shown["source_image_url"]) == ("https://example.com/a.jpg",) * 2
    assert video_details.for_etag(shown)["source_image_link"] == "https://example.com/a.jpg"
