"""POST …/remix and …/retry."""

from typing import Any
from uuid import uuid4

import pytest

from keepreel.db.tables import Video
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests import factories
from tests.api_client import ApiClient
from tests.functions.test_create_video import problem

REQUEST_FIELDS = ("prompt", "final_prompt", "template", "negative_prompt", "model", "duration_seconds", "aspect_ratio",
          "resolution", "source_image_url", "seed", "type")  # fmt: skip


def request_fields(video: dict[str, Any]) -> dict[str, Any]:
    return {name: video[name] for name in REQUEST_FIELDS}


def repeat(user: ApiClient, video: dict[str, Any], how: str, **fields: Any) -> Any:
    return user.send("POST", f"{video['links']['self']}/{how}", json=fields)


def test_remix_without_changes_repeats_the_request(user: ApiClient, picture: bytes) -> None:
    first = user.create_video(
        source_image=user.upload(picture),
        model="kling-v2-6",
        negative_prompt="blur",
        duration_seconds=10,
        aspect_ratio="9:16",
    ).json()

    response = repeat(user, first, "remix")

    second = response.json()
    assert (response.status_code, second["id"] != first["id"]) == (202, True)
    assert request_fields(second) == request_fields(first)
    assert (second["remixed_from"], first["remixed_from"]) == (first["id"], None)
    assert user.follow(second["id"])["status"] == "completed"


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"prompt": "a frown"}, {"prompt": "a frown", "final_prompt": "a frown"}),
        ({"source_image": None}, {"source_image_url": None}),
        ({"negative_prompt": None}, {"negative_prompt": None}),
        ({"source_image": None, "source_image_url": None}, {"source_image_url": None}),
        ({"duration_seconds": None, "aspect_ratio": None, "resolution": None, "prompt": None, "model": None}, {}),
        ({"model": "kling-3.0"}, {"model": "kling-3.0", "negative_prompt": None}),
        ({"model": "higgsfield-dop-lite", "seed": 9}, {"model": "higgsfield-dop-lite", "duration_seconds": 5,
                                                        "resolution": "720p", "negative_prompt": None, "seed": 9}),
        ({"resolution": "720p"}, {"resolution": "720p"}),
        ({"duration_seconds": 5.0}, {"duration_seconds": 5}),
    ],
    ids=str,
)  # fmt: skip
def test_remix_changes_the_given_fields_and_those_that_no_longer_fit(
    changes: dict[str, Any], expected: dict[str, Any], user: ApiClient, picture: bytes
) -> None:
    first = user.create_video(
        source_image=user.upload(picture),
        model="kling-v2-6",
        negative_prompt="blur",
        duration_seconds=10,
        resolution="1080p",
        aspect_ratio="9:16",
    ).json()

    second = repeat(user, first, "remix", **changes).json()

    assert request_fields(second) == request_fields(first) | expected


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"color": "red"}, ["/color"]),
        ({"prompt": ""}, ["/prompt"]),
        ({"duration_seconds": 7}, ["/duration_seconds"]),
        ({"seed": 9}, ["/seed"]),
        ({"model": "sora-9"}, ["/model"]),
        ({"variations": 5}, ["/variations"]),
        ({"model": "higgsfield-dop-lite", "source_image": None}, ["/source_image"]),
    ],
)
def test_invalid_remix_names_its_field_and_creates_nothing(
    changes: dict[str, Any], pointers: list[str], user: ApiClient
) -> None:
    first = user.create_video().json()

    response = repeat(user, first, "remix", **changes)

    assert response.status_code == 400
    assert [error["pointer"] for error in problem(response)["errors"]] == pointers
    assert len(list(Video.query(user.owner, consistent_read=True))) == 1


def test_remix_of_a_bot_video_keeps_the_template_until_the_prompt_changes(
    user: ApiClient, picture: bytes, higgsfield: HiggsfieldSimulator
) -> None:
    videos = user.put_community(uuid4().hex, avatar=user.upload(picture))
    first = user.create_bot_video(videos, type="intro").json()

    same = repeat(user, first, "remix", seed=5).json()
    other = repeat(user, first, "remix", prompt="She laughs.").json()

    assert request_fields(same) == request_fields(first) | {"seed": 5}
    assert (other["type"], other["template"], other["final_prompt"]) == ("custom", None, "She laughs.")
    assert same["links"]["self"] == f"{videos}/{same['id']}"
    assert user.follow(same["id"], videos=videos)["status"] == "completed"


@pytest.mark.usefixtures("without_workflow")
def test_remix_accepts_variations_a_key_and_a_dry_run(user: ApiClient) -> None:
    first = user.create_video().json()
    path = f"{first['links']['self']}/remix"

    priced = repeat(user, first, "remix", variations=3, dry_run=True)
    created = user.send("POST", path, json={"variations": 3}, headers={"Idempotency-Key": "k"})
    replayed = user.send("POST", path, json={"variations": 3}, headers={"Idempotency-Key": "k"})
    reused = user.send("POST", path, json={"variations": 2}, headers={"Idempotency-Key": "k"})

    assert (priced.status_code, priced.json()["cost"]["estimated_usd"]) == (200, 0.63)
    assert [it["remixed_from"] for it in created.json()["videos"]] == [first["id"]] * 3
    assert [it["id"] for it in replayed.json()["videos"]] == [it["id"] for it in created.json()["videos"]]
    assert reused.status_code == 422


def test_failed_video_can_be_retried(user: ApiClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1301)
    failed = user.follow(user.create_video().json()["id"])

    response = repeat(user, failed, "retry")

    assert response.status_code == 202
    finished = user.follow(response.json()["id"])
    assert (finished["status"], finished["remixed_from"], request_fields(finished)) == (
        "completed",
        failed["id"],
        request_fields(failed),
    )


def test_only_a_failed_video_can_be_retried(user: ApiClient) -> None:
    finished = factories.finished_video(user)

    response = repeat(user, finished, "retry")

    assert (response.status_code, problem(response)["code"]) == (409, "not_retryable")


def test_double_click_on_retry_creates_one_video(user: ApiClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1301)
    failed = user.follow(user.create_video().json()["id"])

    ids = [user.send("POST", f"{failed['links']['self']}/retry").json()["id"] for _ in range(2)]

    assert ids[0] == ids[1]


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize("how", ["remix", "retry"])
def test_another_users_video_is_not_found(how: str, user: ApiClient, other_user: ApiClient) -> None:
    theirs = other_user.create_video().json()

    response = user.send("POST", f"/v1/videos/{theirs['id']}/{how}")

    assert (response.status_code, problem(response)["code"]) == (404, "not_found")


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize(
    ("model", "is_from_image", "kept"),
    [
        ("higgsfield-wan-3.0", True, {"seed": 0}),
        ("higgsfield-happy-horse-1.1", False, {"seed": 7}),
        ("higgsfield-wan-2.6", True, {"negative_prompt": "blur"}),
        ("higgsfield-ltx-2.5-fast", True, {"camera_movement": "jib_up"}),
    ],
)
def test_kept_value_that_a_rule_excludes_is_left_out(
    model: str, *, is_from_image: bool, kept: dict[str, Any], user: ApiClient, picture: bytes
) -> None:
    image = user.upload(picture)
    first = user.create_video(model=model, source_image=image if is_from_image else None, **kept).json()

    response = repeat(user, first, "remix", source_image=None if is_from_image else image)

    (name,) = kept
    assert (response.status_code, response.json().get(name)) == (202, None), response.text
    assert first[name] == kept[name]
