"""Option fields of a video request: their bounds, and what counts as left out."""

import json
from typing import Any

import pytest

from keepreel.errors import FieldError, InvalidInput
from keepreel.schemas import validation
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import spec

IMAGE = "https://example.com/a.jpg"
SHOT = {"prompt": "a door opens", "duration_seconds": 2}


def parsed(**fields: Any) -> VideoRequest:
    return validation.parse_body(VideoRequest, json.dumps({"prompt": "a smile", **fields}).encode())


def fingerprint(**fields: Any) -> str:
    return spec.for_user(parsed(**fields), owner="user#me").fingerprint


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"end_image": "http://example.com/a.jpg"}, FieldError("/end_image", "The URL must start with https://.")),
        ({"end_image_url": "bad"}, FieldError("/end_image_url", "The URL must start with https://.")),
        ({"end_image": [IMAGE]}, FieldError("/end_image", "It must be text.")),
        ({"reference_images": IMAGE}, FieldError("/reference_images", "It must be a list.")),
        ({"reference_images": [IMAGE, "x"]}, FieldError("/reference_images/1", "The URL must start with https://.")),
        ({"reference_images": [IMAGE] * 11}, FieldError("/reference_images", "It must have at most 10 items.")),
        ({"sound": "on"}, FieldError("/sound", "It must be true or false.")),
        ({"shots": [SHOT] * 7}, FieldError("/shots", "It must have at most 6 items.")),
        ({"shots": ["a door"]}, FieldError("/shots/0", "It must be a JSON object.")),
        ({"shots": [{**SHOT, "camera": 1}]}, FieldError("/shots/0/camera", "There is no such field.")),
        ({"shots": [SHOT, {"prompt": "a"}]}, FieldError("/shots/1/duration_seconds", "This field is required.")),
        (
            {"shots": [{**SHOT, "duration_seconds": 0}]},
            FieldError("/shots/0/duration_seconds", "It must be a whole number from 1 to 60."),
        ),
        ({"shots": [{**SHOT, "prompt": " "}]}, FieldError("/shots/0/prompt", "It must not be empty.")),
        ({"cfg_scale": 1.01}, FieldError("/cfg_scale", "It must be a number from 0 to 1.")),
        ({"cfg_scale": "0.5"}, FieldError("/cfg_scale", "It must be a number.")),
        ({"cfg_scale": float("nan")}, FieldError("/cfg_scale", "It must be a number from 0 to 1.")),
        ({"motions": [{"id": "a"}] * 3}, FieldError("/motions", "It must have at most 2 items.")),
        (
            {"motions": [{"id": "a", "strength": -0.1}]},
            FieldError("/motions/0/strength", "It must be a number from 0 to 1."),
        ),
        ({"camera_movement": ""}, FieldError("/camera_movement", "It must not be empty.")),
        ({"allow_successor": None}, FieldError("/allow_successor", "It must be true or false.")),
    ],
)
def test_error_names_the_option_and_its_bounds(fields: dict[str, Any], error: FieldError) -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed(**fields)

    assert caught.value.errors == (error,)


@pytest.mark.parametrize(
    "fields",
    [
        dict.fromkeys(("end_image", "reference_images", "sound", "shots", "cfg_scale", "motions")),
        dict.fromkeys(("end_image_url", "reference_image_urls", "enhance_prompt", "camera_movement", "watermark")),
        {"reference_images": [], "shots": [], "motions": [], "allow_successor": False},
    ],
)
def test_null_and_an_empty_list_count_as_left_out(fields: dict[str, Any]) -> None:
    assert fingerprint(**fields) == fingerprint()


def test_names_of_the_response_are_accepted() -> None:
    request = parsed(end_image_url=IMAGE, reference_image_urls=[IMAGE])

    assert (request.end_image, request.reference_images) == (IMAGE, [IMAGE])


def test_fractions_may_be_whole_numbers() -> None:
    request = parsed(cfg_scale=1, motions=[{"id": "zoom", "strength": 0}])

    assert (request.cfg_scale, [it.strength for it in request.motions or []]) == (1.0, [0.0])


def test_strength_of_a_motion_is_full_by_default() -> None:
    assert [it.strength for it in parsed(motions=[{"id": "zoom"}]).motions or []] == [1.0]
