"""The stored request of an attempt: whole for text and links, hashed for images."""

import json
from typing import Any

import pytest

from keepreel.providers.base import Submission
from keepreel.urls import MAX_URL_CHARS
from keepreel.workflow import attempts


def stored(**body: Any) -> dict[str, Any]:
    submission = Submission(video_id="1", path="/model", body=body)
    found: dict[str, Any] = json.loads(attempts._stored(submission))
    return found


@pytest.mark.parametrize("chars", [100, 5000, MAX_URL_CHARS])
def test_signed_url_is_stored_whole_so_that_the_request_can_be_sent_again(chars: int) -> None:
    url = "https://images.example.com/a.jpg?X-Amz-Security-Token=".ljust(chars, "a")

    assert stored(image_url=url) == {"path": "/model", "body": {"image_url": url}, "is_whole": True}


def test_base64_of_an_image_is_hashed() -> None:
    found = stored(image="A" * 5000)

    assert found["body"]["image"].startswith("sha256:")
    assert not found["is_whole"]
