"""POST a video with options: what is refused, what is sent, and what the response says."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from keepreel.db.tables import Video
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient
from tests.functions.test_create_video import problem


def image(width: int, height: int, *, format: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, format)
    return out.getvalue()


@pytest.fixture
def frames(user: ApiClient) -> dict[str, str]:
    """Two images of one shape."""
    return {"source_image": user.upload(image(960, 720)), "end_image": user.upload(image(640, 480))}


def count(user: ApiClient) -> int:
    return len(list(Video.query(user.owner, consistent_read=True)))


def test_end_image_and_sound_are_sent_and_shown(user: ApiClient, frames: dict[str, str], kling: KlingSimulator) -> None:
    created = user.create_video(model="kling-3.0", sound=True, **frames).json()
    video = user.follow(created["id"])

    body = video["generation_metadata"]["request"]["body"]
    assert video["status"] == "completed"
    assert [it["type"] for it in body["contents"]] == ["prompt", "first_frame", "last_frame"]
    assert body["settings"]["audio"] == "native"
    assert (video["end_image_url"], video["sound"]) == (frames["end_image"], True)
    assert video["shots"] is None


def test_every_image_is_hosted_at_a_provider_that_takes_urls_only(
    user: ApiClient, frames: dict[str, str], higgsfield: HiggsfieldSimulator
) -> None:
    created = user.create_video(model="higgsfield-dop-lite", **frames).json()
    video = user.follow(created["id"])

    body = video["generation_metadata"]["request"]["body"]
    assert video["status"] == "completed"
    assert body["image_url"] != body["end_image_url"]
    assert all(body[name].startswith(higgsfield.base_url) for name in ("image_url", "end_image_url"))


def test_shots_and_references_are_sent(user: ApiClient, kling: KlingSimulator) -> None:
    shots = [{"prompt": "a door opens", "duration_seconds": 2}, {"prompt": "it rains", "duration_seconds": 3}]
    references = [user.upload(image(400, 900)), user.upload(image(900, 400))]

    created = user.create_video(prompt=None, model="kling-3.0-omni", shots=shots, reference_images=references)
    assert created.status_code == 202, created.text
    video = user.follow(created.json()["id"])

    contents = video["generation_metadata"]["request"]["body"]["contents"]
    assert video["status"] == "completed"
    assert contents[0]["text"] == "shot 1, 2, a door opens; shot 2, 3, it rains;"
    assert [it["type"] for it in contents[1:]] == ["refer_image"] * 2
    assert (video["shots"], video["reference_image_urls"], video["duration_seconds"]) == (shots, references, 5)


@pytest.mark.usefixtures("without_workflow")
def test_end_image_of_another_shape_is_refused_with_both_sizes(user: ApiClient) -> None:
    response = user.create_video(
        model="kling-3.0", source_image=user.upload(image(960, 720)), end_image=user.upload(image(720, 960))
    )

    (error,) = problem(response)["errors"]
    assert (response.status_code, error["pointer"]) == (400, "/end_image")
    assert "(720 × 960)" in error["detail"]
    assert "(960 × 720)" in error["detail"]
    assert "720 × 540" in error["detail"]
    assert count(user) == 0


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize("width", [948, 975])
def test_shapes_that_differ_by_a_rounded_pixel_are_accepted(width: int, user: ApiClient) -> None:
    source, end = user.upload(image(960, 720)), user.upload(image(width, 720))

    assert user.create_video(model="kling-3.0", source_image=source, end_image=end).status_code == 202


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize("content", [b"no image", image(64, 48), image(960, 720)[:2000]], ids=["text", "small", "cut"])
def test_unusable_images_are_all_named(content: bytes, user: ApiClient) -> None:
    good, bad = user.upload(image(960, 720)), user.upload(content)

    response = user.create_video(
        model="kling-3.0-omni", source_image=good, end_image=bad, reference_images=[good, bad], dry_run=True
    )

    assert problem(response)["code"] == "invalid_image"
    assert [it["pointer"] for it in problem(response)["errors"]] == ["/end_image", "/reference_images/1"]
    assert count(user) == 0


@pytest.mark.usefixtures("without_workflow")
def test_image_beyond_the_models_shapes_is_refused_only_if_it_is_not_cropped(user: ApiClient) -> None:
    wide = user.upload(image(1600, 400))

    cropped = user.create_video(model="kling-3.0", source_image=wide)
    reference = user.create_video(model="kling-3.0-omni", reference_images=[wide])

    assert cropped.status_code == 202
    assert [it["pointer"] for it in problem(reference)["errors"]] == ["/reference_images/0"]


@pytest.mark.usefixtures("without_workflow")
def test_option_that_the_model_lacks_spends_nothing(user: ApiClient) -> None:
    response = user.create_video(model="kling-2.5-turbo", sound=True, seed=7)

    assert response.status_code == 400
    assert [it["pointer"] for it in problem(response)["errors"]] == ["/sound", "/seed"]
    assert count(user) == 0


@pytest.mark.usefixtures("without_workflow")
def test_dry_run_prices_the_options(user: ApiClient) -> None:
    loud = user.create_video(model="kling-2.6", sound=True, dry_run=True).json()
    silent = user.create_video(model="kling-2.6", resolution="1080p", dry_run=True).json()

    assert (loud["cost"]["estimated_usd"], silent["cost"]["estimated_usd"]) == (0.70, 0.35)
    assert (loud["sound"], silent["sound"], loud["resolution"]) == (True, False, "1080p")


@pytest.mark.usefixtures("without_workflow")
def test_response_can_be_sent_again(user: ApiClient, frames: dict[str, str]) -> None:
    first = user.create_video(model="kling-3.0", sound=True, **frames).json()
    names = ("prompt", "model", "duration_seconds", "aspect_ratio", "resolution", "source_image_url", "end_image_url",
             "reference_image_urls", "sound", "shots", "cfg_scale", "motions", "enhance_prompt", "camera_movement",
             "watermark")  # fmt: skip

    again = user.send("POST", "/v1/videos", json={name: first[name] for name in names})

    assert again.status_code == 202, again.text
    assert {name: again.json()[name] for name in names} == {name: first[name] for name in names}


@pytest.mark.usefixtures("without_workflow")
@pytest.mark.parametrize("is_dry_run", [True, False])
def test_successor_of_a_retired_model_is_used_and_named(is_dry_run: bool, user: ApiClient) -> None:  # noqa: FBT001
    fields: dict[str, Any] = {"model": "kling-v2-1", "dry_run": is_dry_run}

    refused = user.create_video(**fields)
    response = user.create_video(**fields, allow_successor=True)

    assert (refused.status_code, refused.json()["code"]) == (400, "model_unavailable")
    assert refused.json()["successor"] == "kling-2.5-turbo"
    assert (response.json()["model"], response.json()["requested_model"]) == ("kling-2.5-turbo", "kling-v2-1")


@pytest.mark.usefixtures("without_workflow")
def test_failed_video_of_a_retired_model_can_be_retried_with_its_successor(user: ApiClient) -> None:
    video = user.create_video(model="kling-2.5-turbo").json()
    record = Video.get(user.owner, video["id"], consistent_read=True)
    record.update(actions=[Video.status.set("failed"), Video.model.set("kling-v2-1")])

    refused = user.send("POST", f"{video['links']['self']}/retry")
    retried = user.send("POST", f"{video['links']['self']}/retry", json={"allow_successor": True})

    assert refused.status_code == 400
    assert (retried.status_code, retried.json()["requested_model"]) == (202, "kling-v2-1")


@pytest.mark.usefixtures("without_workflow")
def test_camera_movement_without_an_image_is_refused_but_its_default_is_left_out(user: ApiClient) -> None:
    refused = user.create_video(model="higgsfield-ltx-2.5-fast", camera_movement="dolly_in")
    created = user.create_video(model="higgsfield-ltx-2.5-fast")

    assert [error["pointer"] for error in problem(refused)["errors"]] == ["/camera_movement"]
    assert created.status_code == 202, created.text
