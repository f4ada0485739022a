"""GET one video: the columns of the owner's tables, and the link that shows the source image."""

from uuid import uuid4

import pytest
import requests

from tests.api_client import ApiClient
from tests.factories import finished_video


def test_finished_video_says_how_it_was_generated(user: ApiClient, picture: bytes) -> None:
    created = user.create_video(source_image=user.upload(picture), model="kling-2.6").json()
    video = user.follow(created["id"])

    metadata = video["generation_metadata"]
    assert video["provider_task_id"]
    assert (metadata["template"], metadata["seed"]) == (None, None)
    assert metadata["request"]["path"] == "/image-to-video/kling-2.6"
    assert metadata["request"]["body"]["settings"]["duration"] == 5
    assert metadata["bill"]["usd"] == video["cost"]["actual_usd"]


def test_link_shows_the_source_image(user: ApiClient, picture: bytes) -> None:
    created = user.create_video(source_image=user.upload(picture)).json()

    link = user.video(created["id"])["source_image_link"]

    assert requests.get(link, timeout=30).content == picture


@pytest.mark.usefixtures("without_workflow")
def test_owner_of_a_users_video_is_the_user(user: ApiClient) -> None:
    created = user.create_video().json()

    assert (f"user#{created['user_id']}", created["community_id"]) == (user.owner, None)
    assert created["created_by"] == user.owner
    assert created["job_id"] == created["id"]


@pytest.mark.usefixtures("without_workflow")
def test_owner_of_a_bot_video_is_the_community(user: ApiClient, picture: bytes) -> None:
    id = uuid4().hex
    videos = user.put_community(id, avatar=user.upload(picture))
    created = user.create_bot_video(videos, type="intro").json()

    assert (created["user_id"], created["community_id"], created["created_by"]) == (None, id, user.owner)
    assert created["job_id"] == created["id"]
    assert user.video(created["id"], videos=videos)["source_image_link"].startswith("http")


def test_unchanged_video_is_not_sent_again_although_its_link_is_signed_anew(user: ApiClient, picture: bytes) -> None:
    video = finished_video(user, source_image=user.upload(picture))
    first = user.send("GET", video["links"]["self"])

    second = user.send("GET", video["links"]["self"], headers={"If-None-Match": first.headers["ETag"]})

    assert second.status_code == 304


def test_public_page_shows_neither_the_source_image_nor_the_request(user: ApiClient, picture: bytes) -> None:
    source = user.upload(picture)
    video = finished_video(user, source_image=source)
    url = user.send("POST", video["links"]["share"], json={}).json()["url"]

    page = requests.get(url, timeout=30)

    assert page.status_code == 200
    assert source.removeprefix("upload:") not in page.text
    assert "uploads/" not in page.text


@pytest.mark.usefixtures("without_workflow")
def test_lists_leave_out_the_details(user: ApiClient) -> None:
    user.create_video()

    (listed,) = user.send("GET", "/v1/videos").json()["videos"]

    assert {"source_image_link", "generation_metadata"}.isdisjoint(listed)
    assert listed["user_id"]
