"""POST /v1/videos over HTTP: idempotency, limits, validation and uploads."""

import base64
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests

from keepreel.db.request_items import DailyUsage
from keepreel.db.tables import Video
from keepreel.errors import DailyLimit
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import create, spec
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient


def problem(response: requests.Response) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    content: dict[str, Any] = response.json()
    assert content.keys() == {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
    assert content["status"] == response.status_code
    return content


def assert_nothing_was_created(user: ApiClient) -> None:
    assert list(Video.query(user.owner, consistent_read=True)) == []
    assert list(DailyUsage.query(f"usage#{user.owner}#")) == []


@pytest.mark.usefixtures("without_workflow")
def test_response_is_the_video_with_its_polling_interval(user: ApiClient) -> None:
    response = user.create_video(prompt="  a warm smile ", duration_seconds=10)

    video = response.json()
    assert response.status_code == 202
    assert (response.headers["Location"], response.headers["Retry-After"]) == (f"/v1/videos/{video['id']}", "1")
    assert response.headers["Cache-Control"] == "no-store"
    assert {
        name: video[name]
        for name in ("owner", "type", "prompt", "final_prompt", "provider", "model", "duration_seconds", "error")
    } == {
        "owner": user.owner,
        "type": "user",
        "prompt": "a warm smile",
        "final_prompt": "a warm smile",
        "provider": "kling",
        "model": "kling-2.5-turbo",
        "duration_seconds": 10,
        "error": None,
    }
    assert video["cost"] == {"estimated_usd": 0.42, "actual_usd": None}


def test_same_key_and_body_return_the_same_video(user: ApiClient, kling: KlingSimulator) -> None:
    key = uuid4().hex
    first = user.create_video(key=key)
    user.follow(first.json()["id"])

    again = user.create_video(key=key)

    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
    assert (again.json()["id"], again.json()["status"]) == (first.json()["id"], "completed")
    assert "Idempotent-Replayed" not in first.headers
    assert kling.create_calls[first.json()["id"]] == 1


@pytest.mark.usefixtures("without_workflow")
def test_same_key_with_another_body_is_refused(user: ApiClient) -> None:
    key = uuid4().hex
    first = user.create_video(key=key)

    other = user.create_video(key=key, prompt="a frown")

    assert (other.status_code, problem(other)["code"]) == (422, "idempotency_key_reused")
    assert [video["id"] for video in user.send("GET", "/v1/videos").json()["videos"]] == [first.json()["id"]]


@pytest.mark.usefixtures("without_workflow")
def test_idempotency_keys_are_per_user(user: ApiClient, other_user: ApiClient) -> None:
    first, second = user.create_video(key="shared"), other_user.create_video(key="shared")

    assert first.json()["id"] != second.json()["id"]
    assert second.json()["owner"] == other_user.owner


@pytest.mark.usefixtures("without_workflow")
def test_double_click_without_a_key_creates_one_video(user: ApiClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: user.create_video(prompt="double click"), range(8)))

    assert len({response.json()["id"] for response in responses}) == 1
    assert sorted(response.headers.get("Idempotent-Replayed", "") for response in responses) == [""] + ["true"] * 7


@pytest.mark.usefixtures("without_workflow")
def test_another_body_without_a_key_creates_another_video(user: ApiClient) -> None:
    assert user.create_video(prompt="one").json()["id"] != user.create_video(prompt="two").json()["id"]


def test_fifty_concurrent_requests_with_a_limit_of_ten_create_ten(
    user: ApiClient, without_workflow: None, limit: Callable[..., None]
) -> None:
    limit(DAILY_VIDEO_LIMIT=10)

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(lambda n: _outcome(user, n), range(50)))

    assert outcomes == {"created": 10, "daily_limit": 40}
    assert len(list(Video.query(user.owner, consistent_read=True))) == 10


def test_limit_error_says_when_to_retry(user: ApiClient, without_workflow: None, limit: Callable[..., None]) -> None:
    limit(DAILY_VIDEO_LIMIT=1)
    first = user.create_video(key="first")

    response, again = user.create_video(key="second"), user.create_video(key="first")

    assert (response.status_code, problem(response)["code"]) == (429, "daily_limit")
    assert 0 < int(response.headers["Retry-After"]) <= 86401
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"prompt": ""}, "invalid_input", "/prompt"),
        ({"prompt": "a" * 2501}, "invalid_input", "/prompt"),
        ({"color": "red"}, "invalid_input", "/color"),
        ({"model": "sora-9"}, "model_unavailable", "/model"),
        ({"duration_seconds": 7}, "invalid_input", "/duration_seconds"),
        ({"aspect_ratio": "4:3"}, "invalid_input", "/aspect_ratio"),
        ({"source_image": "http://example.com/a.jpg"}, "invalid_input", "/source_image"),
        ({"source_image": "https://127.0.0.1/a.jpg"}, "invalid_input", "/source_image"),
        ({"source_image": "upload:" + "0" * 32}, "invalid_image", "/source_image"),
    ],
)
def test_invalid_field_is_named_and_nothing_is_created(
    fields: dict[str, Any], code: str, pointer: str, user: ApiClient
) -> None:
    response = user.create_video(**fields)

    content = problem(response)
    assert response.status_code == 400
    assert (content["code"], [error["pointer"] for error in content["errors"]]) == (code, [pointer])
    assert content["instance"] == "/v1/videos"
    assert_nothing_was_created(user)


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<html>not a picture</html>", "not a JPEG"), (b"", "not a JPEG")],
)
def test_upload_that_is_not_an_image_is_refused(content: bytes, words: str, user: ApiClient) -> None:
    response = user.create_video(source_image=user.upload(content))

    assert (response.status_code, problem(response)["code"]) == (400, "invalid_image")
    assert words in problem(response)["errors"][0]["detail"]
    assert_nothing_was_created(user)


@pytest.mark.usefixtures("without_workflow")
def test_upload_larger_than_fifty_megabytes_is_refused(user: ApiClient, picture: bytes) -> None:
    response = user.create_video(source_image=user.upload(picture + bytes(50 * 1024 * 1024)))

    assert "larger than 50 MB" in problem(response)["errors"][0]["detail"]
    assert_nothing_was_created(user)


@pytest.mark.usefixtures("without_workflow")
def test_another_users_upload_is_not_found(user: ApiClient, other_user: ApiClient, picture: bytes) -> None:
    theirs, missing = other_user.upload(picture), "upload:" + "0" * 32

    response, unknown = user.create_video(source_image=theirs), user.create_video(source_image=missing)

    assert response.status_code == 400
    assert {**problem(response), "request_id": ""} == {**problem(unknown), "request_id": ""}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b"\xff\xfe\x00", 400, "invalid_json"),
        (b"[" * 60_000, 400, "invalid_json"),
        (b"[]", 400, "invalid_input"),
        (b'{"prompt": "' + b"a" * 70_000 + b'"}', 413, "too_large"),
    ],
    ids=["empty", "cut", "binary", "deep", "list", "large"],
)
def test_unreadable_body_is_refused(body: bytes, status: int, code: str, user: ApiClient) -> None:
    response = user.send("POST", "/v1/videos", data=body)

    assert (response.status_code, problem(response)["code"]) == (status, code)
    assert_nothing_was_created(user)


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize("key", ["two words", "x" * 256, "é".encode().decode("latin-1")])
def test_invalid_idempotency_key_is_refused(key: str, user: ApiClient) -> None:
    response = user.create_video(key=key)

    assert (response.status_code, problem(response)["code"]) == (400, "invalid_input")
    assert_nothing_was_created(user)


def test_upload_form_accepts_images_only(user: ApiClient) -> None:
    response = user.send("POST", "/v1/uploads", json={"content_type": "image/gif"})

    assert (response.status_code, problem(response)["errors"][0]["pointer"]) == (400, "/content_type")


def test_upload_policy_fixes_key_type_and_size(user: ApiClient) -> None:
    form = user.send("POST", "/v1/uploads", json={"content_type": "image/png"})

    content = form.json()
    assert form.status_code == 201
    assert content.keys() == {"upload", "source_image", "expires_at"}
    key = f"uploads/{user.owner.replace('#', '/')}/{content['source_image'].removeprefix('upload:')}"
    conditions = _policy(content["upload"]["fields"]["policy"])["conditions"]
    assert {"key": key} in conditions
    assert {"Content-Type": "image/png"} in conditions
    assert ["content-length-range", 1, 50 * 1024 * 1024] in conditions


def _outcome(user: ApiClient, n: int) -> str:
    request = VideoRequest(prompt=f"smile {n}")
    try:
        create.create(spec.for_user(request, owner=user.owner), key=None)
    except DailyLimit as error:
        return error.code
    return "created"


def _policy(encoded: str) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads(base64.b64decode(encoded))
    return policy
