"""Models, fields and estimates of the Higgsfield simulator."""

from typing import Any

import pytest
import requests

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.higgsfield.higgsfield_client import (
    DOP,
    FACE,
    KLING,
    TEXT_WITH_RATIO,
    HiggsfieldClient,
    error,
    image,
)

_KLING_3 = "/kling-video/v3.0/std/image-to-video"
_TEXT = {"type": "string_type", "msg": "Input should be a valid string"}
_URL_TYPE = {"type": "url_type", "msg": "URL input should be a string or URL"}
_URL = {"type": "url_parsing", "msg": "Input should be a valid URL"}
_INTEGER = {"type": "int_type", "msg": "Input should be a valid integer"}
_NUMBER = {"type": "float_type", "msg": "Input should be a valid number"}
_BOOLEAN = {"type": "bool_type", "msg": "Input should be a valid boolean"}
_LIST = {"type": "list_type", "msg": "Input should be a valid list"}
_5_OR_10 = {"type": "literal_error", "msg": "Input should be 5 or 10", "ctx": {"expected": "5 or 10"}}
_RATIOS = "'16:9', '9:16' or '1:1'"
_RATIO = {"type": "literal_error", "msg": f"Input should be {_RATIOS}", "ctx": {"expected": _RATIOS}}
_NO_OBJECT = "Input should be a valid dictionary"
_MOTION = {"id": "zoom-in", "strength": 0.5}
_SHOT = {"prompt": "A door opens", "duration": 3}


def _at_least(limit: float) -> dict[str, Any]:
    message = f"Input should be greater than or equal to {limit}"
    return {"type": "greater_than_equal", "msg": message, "ctx": {"ge": limit}}


def _at_most(limit: float) -> dict[str, Any]:
    return {"type": "less_than_equal", "msg": f"Input should be less than or equal to {limit}", "ctx": {"le": limit}}


def _too_long(limit: int, length: int) -> dict[str, Any]:
    message = f"List should have at most {limit} items after validation, not {length}"
    context = {"field_type": "List", "max_length": limit, "actual_length": length}
    return {"type": "too_long", "msg": message, "ctx": context}


_BAD_FIELDS: list[tuple[str, str, object, dict[str, Any]]] = [
    (DOP, "prompt", 7, _TEXT),
    (DOP, "prompt", None, _TEXT),
    (DOP, "image_url", "face.jpg", _URL),
    (DOP, "image_url", "data:image/jpeg;base64,aGk=", _URL),
    (DOP, "image_url", None, _URL_TYPE),
    (DOP, "end_image_url", "s3://bucket/face.jpg", _URL),
    (DOP, "seed", 0, _at_least(1)),
    (DOP, "seed", 1_000_001, _at_most(1_000_000)),
    (DOP, "seed", "7", _INTEGER),
    (DOP, "seed", True, _INTEGER),
    (DOP, "motions", _MOTION, _LIST),
    (DOP, "motions", [_MOTION] * 3, _too_long(2, 3)),
    (DOP, "enhance_prompt", "yes", _BOOLEAN),
    (KLING, "duration", "5", _5_OR_10),
    (KLING, "duration", 7, _5_OR_10),
    (KLING, "duration", 5.0, _5_OR_10),
    (KLING, "cfg_scale", 1.1, _at_most(1)),
    (KLING, "cfg_scale", -0.1, _at_least(0)),
    (KLING, "cfg_scale", "0.5", _NUMBER),
    (KLING, "negative_prompt", ["blur"], _TEXT),
    (_KLING_3, "duration", 2, _at_least(3)),
    (_KLING_3, "duration", 16, _at_most(15)),
    (_KLING_3, "duration", 5.5, _INTEGER),
    (_KLING_3, "multi_prompt", [_SHOT] * 7, _too_long(6, 7)),
    (TEXT_WITH_RATIO, "aspect_ratio", "7:5", _RATIO),
    (TEXT_WITH_RATIO, "aspect_ratio", ["1:1"], _RATIO),
]


@pytest.mark.parametrize(("path", "name", "value", "problem"), _BAD_FIELDS)
def test_invalid_field_is_named_in_the_error(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, name: str, value: Any, problem: dict[str, Any]
) -> None:
    response = client.create("video-1", path=path, **{name: value})

    expected = {"loc": ["body", name], "input": value, **problem}
    assert (response.status_code, response.json()) == (422, {"detail": [expected]})
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"video-1": 1})


def test_missing_fields_are_named_in_the_error(client: HiggsfieldClient) -> None:
    response = client.create(without=("prompt", "image_url"))

    missing = {"type": "missing", "msg": "Field required", "input": {}}
    problems = [{"loc": ["body", name], **missing} for name in ("prompt", "image_url")]
    assert (response.status_code, response.json()) == (422, {"detail": problems})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"{", {"type": "json_invalid", "loc": ["body", 0], "msg": "JSON decode error", "input": {}}),
        (b"[]", {"type": "model_attributes_type", "loc": ["body"], "msg": _NO_OBJECT, "input": []}),
    ],
)
def test_body_that_is_not_a_json_object_is_rejected(client: HiggsfieldClient, data: bytes, problem: object) -> None:
    response = requests.post(client.base_url + DOP, data=data, headers=client.headers, timeout=60)

    assert (response.status_code, response.json()) == (422, {"detail": [problem]})


@pytest.mark.parametrize(
    ("path", "name", "item", "where"),
    [
        (DOP, "motions", "zoom-in", []),
        (DOP, "motions", {"strength": 1}, ["id"]),
        (DOP, "motions", {"id": "zoom-in", "strength": "much"}, ["strength"]),
        (DOP, "motions", {"id": "zoom-in", "strength": 1.5}, ["strength"]),
        (_KLING_3, "multi_prompt", "A door opens", []),
        (_KLING_3, "multi_prompt", {"prompt": "A door opens"}, ["duration"]),
        (_KLING_3, "multi_prompt", {**_SHOT, "duration": 0}, ["duration"]),
        (_KLING_3, "multi_prompt", {**_SHOT, "duration": 16}, ["duration"]),
        (_KLING_3, "multi_prompt", {**_SHOT, "prompt": "x" * 513}, ["prompt"]),
        ("/kling-video/o3/image-reference", "image_urls", "face.jpg", []),
    ],
)
def test_invalid_item_of_a_list_is_named_in_the_error(
    client: HiggsfieldClient, path: str, name: str, item: object, where: list[str]
) -> None:
    fields: dict[str, Any] = {name: [item]}

    response = client.create(path=path, **fields)

    assert response.status_code == 422
    assert [problem["loc"] for problem in response.json()["detail"]] == [["body", name, 0, *where]]


@pytest.mark.parametrize("shots", [None, []])
def test_multi_shots_needs_a_list_of_shots(client: HiggsfieldClient, shots: object) -> None:
    response = client.create(path=_KLING_3, multi_shots=True, multi_prompt=shots)

    assert response.status_code == (400 if shots is None else 422)


@pytest.mark.parametrize(
    ("path", "fields", "ignored"),
    [
        (DOP, {"seed": 1, "motions": [_MOTION, {"id": "pan"}], "enhance_prompt": False, "end_image_url": FACE}, []),
        (DOP, {"seed": 1_000_000, "motions": None, "end_image_url": None}, []),
        (DOP, {"resolution": "1080p", "duration": "whatever", "x": [1]}, ["resolution", "duration", "x"]),
        (KLING, {"duration": 10, "cfg_scale": 0, "negative_prompt": "blur", "seed": "ignored"}, ["seed"]),
        (KLING, {"duration": None, "cfg_scale": 1}, []),
        (TEXT_WITH_RATIO, {"aspect_ratio": "9:16", "image_url": 7}, ["image_url"]),
        (_KLING_3, {"multi_shots": True, "multi_prompt": [{**_SHOT, "prompt": "x" * 512}]}, []),
    ],
)
def test_valid_fields_are_accepted_and_unknown_ones_are_counted(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any], ignored: list[str]
) -> None:
    client.accepted("video-1", path=path, **fields)

    [task] = higgsfield.tasks
    assert task["body"] == {"prompt": "She smiles", "image_url": FACE, **fields}
    assert (task["status"], task["ignored_fields"]) == ("queued", ignored)
    counted = requests.get(f"{higgsfield.base_url}/_simulator/unknown_fields", timeout=60).json()
    assert counted == higgsfield.unknown_fields == dict.fromkeys(ignored, 1)


@pytest.mark.parametrize("path", ["/higgsfield/realistic-vision-v5", "/higgsfield-ai/dop", f"{DOP}/", "/models"])
def test_unknown_model_is_not_found(client: HiggsfieldClient, path: str) -> None:
    responses = [client.create(path=path), client.create(path=f"/estimate{path}")]

    assert [error(response) for response in responses] == [(404, "Model not found")] * 2


def test_model_path_accepts_only_post(client: HiggsfieldClient) -> None:
    responses = [client.request("GET", path) for path in (DOP, "/balance", "/requests/1")]

    assert [error(response) for response in responses] == [(405, "Method Not Allowed")] * 3


def test_another_prompt_gives_another_video_of_the_same_image(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    for url in (client.uploaded(image()), "https://example.com/face.jpg"):
        for prompt in ("She smiles", "She waves"):
            client.accepted(image_url=url, prompt=prompt)

    assert (len(higgsfield.tasks), higgsfield.encoded_videos) == (4, 4)
