"""DELETE and POST …/cancel over HTTP."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.media import storage
from keepreel.settings import settings
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests import factories
from tests.api_client import ApiClient
from tests.functions.bot_videos import quotas_used
from tests.functions.test_create_video import problem

SLOW = {"finish_seconds": 3600, "queue_seconds": 3600}
REQUEST = {"model": "higgsfield-dop-lite", "source_image": "https://example.com/portrait.jpg"}


def files(video: dict[str, Any]) -> int:
    found = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{video['id']}/")
    return int(found["KeyCount"])


def records_of(user: ApiClient) -> list[Video]:
    return list(Video.query(user.owner, consistent_read=True))


def test_deleted_video_is_gone_with_its_files(user: ApiClient) -> None:
    finished = factories.finished_video(user)
    key = urlsplit(finished["video_url"]).path.lstrip("/").replace("video.mp4", "credentials.json")
    storage.put_report(key, {})
    assert files(finished) == 3

    response = user.send("DELETE", f"/v1/videos/{finished['id']}")

    assert (response.status_code, response.content) == (204, b"")
    assert (files(finished), [record.status for record in records_of(user)]) == (0, ["deleting"])
    assert user.send("GET", f"/v1/videos/{finished['id']}").status_code == 404
    assert requests.get(finished["video_url"], timeout=60).status_code == 403


def test_second_delete_is_not_found(user: ApiClient) -> None:
    id = factories.finished_video(user)["id"]

    statuses = [user.send("DELETE", f"/v1/videos/{id}").status_code for _ in range(2)]

    assert statuses == [204, 404]


def test_bot_video_is_deleted_and_canceled_by_its_owner_only(user: ApiClient, other_user: ApiClient) -> None:
    user.put_community(community_id := uuid4().hex)
    finished = factories.finished_video(user, community_id=community_id, type="intro")

    theirs = [
        other_user.send("DELETE", finished["links"]["self"]).status_code,
        other_user.send("POST", f"{finished['links']['self']}/cancel").status_code,
        other_user.send("DELETE", f"/v1/videos/{finished['id']}").status_code,
    ]
    own = user.send("DELETE", finished["links"]["self"]).status_code

    assert (theirs, own, files(finished)) == ([404] * 3, 204, 0)


def test_unsent_video_is_canceled_and_refunded(user: ApiClient, without_workflow: None) -> None:
    video = user.create_video().json()

    response = user.send("POST", f"/v1/videos/{video['id']}/cancel")
    again = user.send("POST", f"/v1/videos/{video['id']}/cancel")

    assert (response.status_code, response.json()["status"]) == (200, "canceled")
    assert (again.status_code, again.json()["status"]) == (200, "canceled")
    assert quotas_used(user) == (0, 0, 0)


def test_queued_task_is_canceled_at_its_provider_and_refunded(user: ApiClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(**SLOW)
    video = user.follow(user.create_video(**REQUEST).json()["id"], until=("processing",))

    response = user.send("POST", f"/v1/videos/{video['id']}/cancel")

    (task,) = [task for task in higgsfield.tasks if task["external_id"] == video["id"]]
    assert (response.status_code, response.json()["status"], task["status"]) == (200, "canceled", "canceled")
    assert quotas_used(user) == (0, 0, 0)


def test_started_task_is_not_cancelable(user: ApiClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(finish_seconds=3600, queue_seconds=0)
    video = user.follow(user.create_video(**REQUEST).json()["id"], until=("processing",))

    response = user.send("POST", f"/v1/videos/{video['id']}/cancel")

    assert (response.status_code, problem(response)["code"]) == (409, "not_cancelable")
    assert "has started" in problem(response)["detail"]
    higgsfield.configure(finish_seconds=0)
    assert user.follow(video["id"])["status"] == "completed"


def test_provider_without_cancel_returns_not_cancelable(user: ApiClient, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    video = user.follow(user.create_video().json()["id"], until=("processing",))

    response = user.send("POST", f"/v1/videos/{video['id']}/cancel")

    assert (response.status_code, problem(response)["code"]) == (409, "not_cancelable")
    kling.configure(finish_seconds=0)


def test_unreachable_provider_leaves_the_video_unchanged(user: ApiClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(**SLOW)
    video = user.follow(user.create_video(**REQUEST).json()["id"], until=("processing",))
    higgsfield.fault(on="cancel", kind="http", status=502)

    response = user.send("POST", f"/v1/videos/{video['id']}/cancel")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert user.video(video["id"])["status"] == "processing"
    higgsfield.configure(finish_seconds=0, queue_seconds=0)


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_finished_video_is_not_cancelable(status: str, user: ApiClient) -> None:
    (id,) = factories.put(user.owner, 1, status=status)

    response = user.send("POST", f"/v1/videos/{id}/cancel")

    assert (response.status_code, problem(response)["code"]) == (409, "not_cancelable")
    assert status in problem(response)["detail"]


def test_delete_of_a_queued_task_cancels_it_at_the_provider(user: ApiClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(**SLOW)
    video = user.follow(user.create_video(**REQUEST).json()["id"], until=("processing",))

    response = user.send("DELETE", f"/v1/videos/{video['id']}")

    (task,) = [task for task in higgsfield.tasks if task["external_id"] == video["id"]]
    assert (response.status_code, task["status"]) == (204, "canceled")
    assert quotas_used(user) == (0, 0, 0)
    assert user.send("GET", "/v1/videos").json()["videos"] == []


def test_idempotency_key_of_a_deleted_video_returns_gone(user: ApiClient) -> None:
    video = user.follow(user.create_video(key="once").json()["id"])
    user.send("DELETE", f"/v1/videos/{video['id']}")

    response = user.create_video(key="once")

    assert (response.status_code, problem(response)["code"]) == (410, "gone")


def test_same_request_after_a_delete_creates_a_new_video(user: ApiClient) -> None:
    first = user.follow(user.create_video(prompt="again").json()["id"])
    user.send("DELETE", f"/v1/videos/{first['id']}")

    second = user.create_video(prompt="again").json()

    assert second["id"] != first["id"]
    assert user.follow(second["id"])["status"] == "completed"
