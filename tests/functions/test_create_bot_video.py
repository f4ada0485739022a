"""Create a bot video over HTTP: types, variations, dry runs, validation and replays."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient
from tests.functions.bot_videos import quotas_used, videos_of
from tests.functions.test_create_video import problem


@pytest.mark.parametrize(
    ("type", "template"), [("intro", "intro"), ("promo", "promo"), ("token_reveal", "token-reveal"), ("custom", None)]
)
def test_each_type_becomes_a_video(type: str, template: str | None, user: ApiClient, videos: str) -> None:
    fields = {"prompt": "She laughs."} if type == "custom" else {}

    created = user.create_bot_video(videos, type=type, **fields)
    finished = user.follow(created.json()["id"], videos=videos)

    assert (created.status_code, created.headers["Location"]) == (202, f"{videos}/{finished['id']}")
    assert {
        name: finished[name] for name in ("status", "type", "model", "provider", "duration_seconds", "resolution")
    } == {
        "status": "completed",
        "type": type,
        "model": "higgsfield/realistic-vision-v5",
        "provider": "higgsfield",
        "duration_seconds": 5,
        "resolution": "1080p",
    }
    assert (finished["template"] or {}).get("id") == template
    assert finished["prompt"] == fields.get("prompt")
    assert finished["links"]["download"] == f"{videos}/{finished['id']}/download"


def test_avatar_is_sent_to_the_provider(
    user: ApiClient, videos: str, higgsfield: HiggsfieldSimulator, stack: Any
) -> None:
    video = user.create_bot_video(videos, type="intro").json()
    user.follow(video["id"], videos=videos)

    (task,) = [task for task in higgsfield.tasks if task["external_id"] == video["id"]]
    assert task["model"] == "higgsfield-ai/dop/standard"
    assert task["body"] == {
        "prompt": video["final_prompt"],
        "image_url": task["body"]["image_url"],
        "enhance_prompt": False,
    }
    assert task["body"]["image_url"].startswith(higgsfield.base_url)  # hosted at the provider, no URL of our bucket


@pytest.mark.usefixtures("without_workflow")
def test_bot_video_is_listed_in_its_community_only(user: ApiClient, videos: str) -> None:
    id = user.create_bot_video(videos, type="intro").json()["id"]

    assert [it["id"] for it in user.send("GET", videos).json()["videos"]] == [id]
    assert user.send("GET", "/v1/videos").json()["videos"] == []
    assert user.send("GET", f"/v1/videos/{id}").status_code == 404


def test_finished_bot_video_can_be_downloaded(user: ApiClient, videos: str) -> None:
    id = user.create_bot_video(videos, type="intro").json()["id"]
    finished = user.follow(id, videos=videos)

    response = user.send("GET", finished["links"]["download"])

    assert (response.status_code, response.headers["Location"]) == (302, response.json()["url"])


def test_variations_are_separate_videos_of_one_ordered_batch(
    user: ApiClient, videos: str, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="create", kind="task_fails", message="out of memory")

    response = user.create_bot_video(videos, type="promo", variations=4, seed=7)

    created = response.json()["videos"]
    ends = [user.follow(it["id"], videos=videos) for it in created]
    assert [it["batch_index"] for it in created] == [0, 1, 2, 3]
    assert {it["batch_id"] for it in created} == {created[0]["batch_id"]}
    assert [it["seed"] for it in created] == [7, 8, 9, 10]
    assert Counter(it["status"] for it in ends) == {"completed": 3, "failed": 1}
    assert [higgsfield.create_calls[it["id"]] for it in created] == [1, 1, 1, 1]
    assert response.json()["id"] == created[0]["id"]


@pytest.mark.usefixtures("without_workflow")
def test_replayed_variations_are_the_same_in_the_same_order(user: ApiClient, videos: str) -> None:
    first = user.create_bot_video(videos, key="batch", type="intro", variations=3)

    again = user.create_bot_video(videos, key="batch", type="intro", variations=3)
    other = user.create_bot_video(videos, key="batch", type="intro", variations=2)

    assert [it["id"] for it in again.json()["videos"]] == [it["id"] for it in first.json()["videos"]]
    assert (again.headers["Idempotent-Replayed"], other.status_code) == ("true", 422)
    assert len(videos_of(videos)) == 3


def test_variations_work_for_user_videos(user: ApiClient, kling: KlingSimulator) -> None:
    created = user.create_video(variations=2).json()["videos"]

    assert [user.follow(it["id"])["status"] for it in created] == ["completed", "completed"]


def test_variations_beyond_the_limit_create_none(
    user: ApiClient, videos: str, without_workflow: None, limit: Callable[..., None]
) -> None:
    limit(DAILY_VIDEO_LIMIT=5)
    user.create_bot_video(videos, type="intro", variations=3)

    response = user.create_bot_video(videos, type="promo", variations=3)

    assert (response.status_code, problem(response)["code"]) == (429, "daily_limit")
    assert len(videos_of(videos)) == 3
    assert quotas_used(user) == (3, 3 * 57, 3)


@pytest.mark.usefixtures("without_workflow")
def test_dry_run_returns_the_price_and_creates_nothing(
    user: ApiClient, videos: str, limit: Callable[..., None]
) -> None:
    limit(DAILY_VIDEO_LIMIT=30, DAILY_SPEND_LIMIT_CENTS=1000, IN_FLIGHT_LIMIT=20)

    response = user.create_bot_video(videos, type="intro", variations=4, dry_run=True)

    quote = response.json()
    assert response.status_code == 200
    assert quote["cost"] == {"estimated_usd": 2.28, "estimated_usd_each": 0.57, "is_price_verified": True}
    assert quote["remaining"] == {"videos_today": 30, "usd_today": 10.0, "in_flight": 20}
    assert quote["final_prompt"].startswith("Sophia")
    assert (videos_of(videos), quotas_used(user)) == ([], (0, 0, 0))


@pytest.mark.usefixtures("without_workflow")
def test_dry_run_does_not_consume_its_idempotency_key(user: ApiClient, videos: str) -> None:
    user.create_bot_video(videos, key="twice", type="intro", dry_run=True)

    created = user.create_bot_video(videos, key="twice", type="intro")

    assert (created.status_code, "Idempotent-Replayed" in created.headers) == (202, False)


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"type": "birthday"}, ["/type"]),
        ({}, ["/type"]),
        ({"type": "custom"}, ["/prompt"]),
        ({"type": "intro", "prompt": "my own words"}, ["/prompt"]),
        ({"type": "intro", "variations": 0}, ["/variations"]),
        ({"type": "intro", "variations": 5}, ["/variations"]),
        ({"type": "intro", "model": "kling-2.6", "resolution": "4k"}, ["/resolution"]),
        ({"type": "intro", "model": "sora-9"}, ["/model"]),
        ({"type": "intro", "source_image": "http://example.com/a.jpg"}, ["/source_image"]),
        ({"type": "intro", "source_image_url": "https://169.254.169.254/a.jpg"}, ["/source_image_url"]),
    ],
)
def test_invalid_field_is_named_and_nothing_is_spent(
    fields: dict[str, Any], pointers: list[str], user: ApiClient, videos: str
) -> None:
    response = user.create_bot_video(videos, **fields)

    assert response.status_code == 400
    assert [error["pointer"] for error in problem(response)["errors"]] == pointers
    assert (videos_of(videos), quotas_used(user)) == ([], (0, 0, 0))


@pytest.mark.usefixtures("without_workflow")
def test_missing_community_data_is_named(user: ApiClient) -> None:
    videos = user.put_community(uuid4().hex, agent_name="Sophia")

    response = user.create_bot_video(videos, type="token_reveal", model="kling-3.0")

    assert (response.status_code, problem(response)["code"]) == (400, "community_data_missing")
    assert "token_name and no token_symbol" in problem(response)["detail"]


@pytest.mark.usefixtures("without_workflow")
def test_unknown_community_is_not_found(user: ApiClient) -> None:
    response = user.create_bot_video(f"/v1/communities/{uuid4().hex}/videos", type="intro")

    assert (response.status_code, problem(response)["code"]) == (404, "not_found")


@pytest.mark.usefixtures("without_workflow")
def test_replay_succeeds_even_if_the_request_would_now_be_refused(user: ApiClient, videos: str) -> None:
    first = user.create_bot_video(videos, key="k", type="token_reveal").json()
    user.put_community(videos.split("/")[3])

    again = user.create_bot_video(videos, key="k", type="token_reveal")
    new_request = user.create_bot_video(videos, key="l", type="token_reveal")

    assert (again.status_code, again.json()["id"]) == (202, first["id"])
    assert (new_request.status_code, problem(new_request)["code"]) == (400, "community_data_missing")
