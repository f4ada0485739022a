"""Models, fields and estimates of the Higgsfield simulator."""

from typing import Any

import pytest
import requests

from local.simulators.higgsfield.models import MODELS
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.higgsfield.higgsfield_client import (
    DOP,
    FACE,
    KLING,
    HiggsfieldClient,
    error,
    image,
)

_MASTER_TEXT = "/kling-video/v2.1/master/text-to-video"


_REQUIRED = {"type": "missing", "msg": "Field required"}
_NO_TEXT = {"type": "string_type", "msg": "Input should be a valid string"}
_NO_URL = {"type": "url_parsing", "msg": "Input should be a valid URL"}
_NO_SEED = {"type": "int_type", "msg": "Input should be an integer from 1 to 1000000"}
_NO_DURATION = {"type": "literal_error", "msg": "Input should be 5 or 10"}
_NO_MOTIONS = {"type": "list_type", "msg": "Input should be a list of at most 2 motions"}
_NO_SCALE = {"type": "float_type", "msg": "Input should be a number from 0 to 1"}
_NO_RATIO = {"type": "literal_error", "msg": "Input should be 16:9, 9:16, 1:1"}
_MOTION = {"id": "zoom-in", "strength": 0.5}

_BAD_FIELDS: list[tuple[str, str, object, dict[str, str]]] = [
    (DOP, "prompt", 7, _NO_TEXT),
    (DOP, "prompt", None, _NO_TEXT),
    (DOP, "image_url", "face.jpg", _NO_URL),
    (DOP, "image_url", "data:image/jpeg;base64,aGk=", _NO_URL),
    (DOP, "image_url", None, _NO_URL),
    (DOP, "end_image_url", "s3://bucket/face.jpg", _NO_URL),
    (DOP, "seed", 0, _NO_SEED),
    (DOP, "seed", 1_000_001, _NO_SEED),
    (DOP, "seed", "7", _NO_SEED),
    (DOP, "seed", True, _NO_SEED),
    (DOP, "motions", [_MOTION] * 3, _NO_MOTIONS),
    (DOP, "motions", ["zoom-in"], _NO_MOTIONS),
    (DOP, "motions", [{"strength": 1}], _NO_MOTIONS),
    (DOP, "motions", [{"id": "zoom-in", "strength": "much"}], _NO_MOTIONS),
    (DOP, "enhance_prompt", "yes", {"type": "bool_type", "msg": "Input should be a valid boolean"}),
    (KLING, "duration", "5", _NO_DURATION),
    (KLING, "duration", 7, _NO_DURATION),
    (KLING, "duration", 5.0, _NO_DURATION),
    (KLING, "cfg_scale", 1.1, _NO_SCALE),
    (KLING, "cfg_scale", -0.1, _NO_SCALE),
    (KLING, "cfg_scale", "0.5", _NO_SCALE),
    (KLING, "negative_prompt", ["blur"], _NO_TEXT),
    (_MASTER_TEXT, "aspect_ratio", "7:5", _NO_RATIO),
    (_MASTER_TEXT, "aspect_ratio", ["1:1"], _NO_RATIO),
]


@pytest.mark.parametrize(("path", "name", "value", "problem"), _BAD_FIELDS)
def test_invalid_field_is_named_in_the_error(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, name: str, value: Any, problem: dict[str, str]
) -> None:
    response = client.create("video-1", path=path, **{name: value})

    assert (response.status_code, response.json()) == (422, {"detail": [{"loc": ["body", name], **problem}]})
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"video-1": 1})


def test_missing_fields_are_named_in_the_error(client: HiggsfieldClient) -> None:
    response = client.create(without=("prompt", "image_url"))

    problems = [{"loc": ["body", name], **_REQUIRED} for name in ("prompt", "image_url")]
    assert (response.status_code, response.json()) == (422, {"detail": problems})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"{", {"loc": ["body", 0], "msg": "JSON decode error", "type": "json_invalid"}),
        (b"[]", {"loc": ["body"], "msg": "Input should be a valid dictionary", "type": "model_attributes_type"}),
    ],
)
def test_body_that_is_not_a_json_object_is_rejected(client: HiggsfieldClient, data: bytes, problem: object) -> None:
    response = requests.post(client.base_url + DOP, data=data, headers=client.headers, timeout=60)

    assert (response.status_code, response.json()) == (422, {"detail": [problem]})


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (DOP, {"seed": 1, "motions": [_MOTION, {"id": "pan"}], "enhance_prompt": False, "end_image_url": FACE}),
        (DOP, {"seed": 1_000_000, "motions": None, "end_image_url": None}),
        (DOP, {"resolution": "1080p", "duration": "whatever", "x": [1]}),
        (KLING, {"duration": 10, "cfg_scale": 0, "negative_prompt": "blur", "seed": "ignored"}),
        (KLING, {"duration": None, "cfg_scale": 1}),
        (_MASTER_TEXT, {"aspect_ratio": "9:16", "image_url": 7}),
    ],
)
def test_valid_and_unknown_fields_are_accepted(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any]
) -> None:
    id = client.accepted("video-1", path=path, **fields)

    assert higgsfield.tasks == [
        {
            "id": id,
            "external_id": "video-1",
            "model": path.removeprefix("/"),
            "status": "queued",
            "body": {"prompt": "She smiles", "image_url": FACE, **fields},
            "created_at": 1_800_000_000.0,
        }
    ]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_creates_a_video(client: HiggsfieldClient, model: str) -> None:
    assert client.create(path=f"/{model}").status_code == 200


@pytest.mark.parametrize("path", ["/higgsfield/realistic-vision-v5", "/higgsfield-ai/dop", f"{DOP}/", "/models"])
def test_unknown_model_is_not_found(client: HiggsfieldClient, path: str) -> None:
    responses = [client.create(path=path), client.create(path=f"/estimate{path}")]

    assert [error(response) for response in responses] == [(404, "Model not found")] * 2


@pytest.mark.parametrize("name", [DOP, DOP.removeprefix("/")])
def test_model_can_be_made_unavailable(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, name: str) -> None:
    higgsfield.configure(unavailable_models=[name])

    responses = [client.create("video-1"), client.create(path="/higgsfield-ai/dop/lite")]

    assert [response.status_code for response in responses] == [404, 200]


def test_model_path_accepts_only_post(client: HiggsfieldClient) -> None:
    responses = [client.request("GET", path) for path in (DOP, "/balance", "/requests/1")]

    assert [error(response) for response in responses] == [(405, "Method Not Allowed")] * 3


@pytest.mark.parametrize(
    ("path", "fields", "price"),
    [
        ("/higgsfield-ai/dop/lite", {}, {"credits": "2.000", "usd": "0.125"}),
        (DOP, {"duration": 10}, {"credits": "9.000", "usd": "0.562"}),
        (KLING, {}, {"credits": "4.480", "usd": "0.280"}),
        (KLING, {"duration": 10}, {"credits": "8.960", "usd": "0.560"}),
    ],
)
def test_estimate_returns_the_price_without_creating_a_task(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any], price: dict[str, str]
) -> None:
    response = client.create("video-1", path=f"/estimate{path}", **fields)

    assert (response.status_code, response.json()) == (200, price)
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {})


def test_another_prompt_gives_another_video_of_the_same_image(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    for url in (client.uploaded(image()), "https://example.com/face.jpg"):
        for prompt in ("She smiles", "She waves"):
            client.accepted(image_url=url, prompt=prompt)

    assert (len(higgsfield.tasks), higgsfield.encoded_videos) == (4, 4)


def test_estimate_validates_the_body(client: HiggsfieldClient) -> None:
    assert client.create(path=f"/estimate{DOP}", seed=0).status_code == 422
