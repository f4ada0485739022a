"""The model table of the Higgsfield simulator, and the defaults that the vendor fills in."""

from datetime import date
from typing import Any

import pytest

from local.simulators.higgsfield.models import AS_OF, MODELS, Model
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.higgsfield.higgsfield_client import DOP, FACE, HiggsfieldClient, error

_SAMPLES: dict[str, Any] = {
    "text": "A calm sea",
    "url": FACE,
    "urls": [FACE],
    "boolean": True,
    "texts": ["a"],
    "shots": [{"prompt": "A door opens", "duration": 3}],
    "motions": [{"id": "zoom-in"}],
}


def _values(model: Model) -> dict[str, list[Any]]:
    """Return the smallest and largest, or all, values of each field of the model."""
    values: dict[str, list[Any]] = {}
    for name, field in model.fields.items():
        limits = [limit for limit in (field.min, field.max) if limit is not None]
        numbers = [*limits, *([field.default] if field.default is not None else [])]
        values[name] = [*field.values] or (numbers if field.type in ("integer", "number") else [_SAMPLES[field.type]])
    return values


def test_models_are_dated() -> None:
    assert date(2026, 11, 28) == AS_OF


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_documented_value_is_accepted(model: Model, client: HiggsfieldClient) -> None:
    values = _values(model)
    required = {name: values[name][0] for name, field in model.fields.items() if field.required}

    answers = {
        (name, str(value)): client.request("POST", f"/estimate/{model.path}", body=body).status_code
        for name, allowed in values.items()
        for value in allowed
        for body in [{**required, "multi_prompt": _SAMPLES["shots"], name: value}]
    }

    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_model_creates_a_video_with_its_required_fields(
    model: Model, client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    body = {name: _values(model)[name][0] for name, field in model.fields.items() if field.required}

    response = client.request("POST", f"/{model.path}", body=body)

    assert (response.status_code, higgsfield.unknown_fields) == (200, {})


@pytest.mark.parametrize(
    "path",
    [
        "/kling-video/v2.1/standard/image-to-video",
        "/kling-video/v2.1/pro/image-to-video",
        "/kling-video/v2.1/master/image-to-video",
        "/kling-video/v2.1/master/text-to-video",
        "/kling-video/v2.5-turbo/standard/text-to-video",
        "/veo3.1",
        "/higgsfield/realistic-vision-v5",
    ],
)
def test_ended_and_unknown_models_are_not_found(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str
) -> None:
    responses = [client.create(path=path), client.create(path=f"/estimate{path}")]

    assert [error(response) for response in responses] == [(404, "Model not found")] * 2
    assert higgsfield.tasks == []


@pytest.mark.parametrize(
    ("path", "fields", "has_sound"),
    [
        ("/kling-video/v3.0/std/text-to-video", {}, True),
        ("/kling-video/v3.0/std/text-to-video", {"sound": "off"}, False),
        ("/kling-video/v2.6/pro/image-to-video", {}, True),
        ("/kling-video/v3.0-turbo/text-to-video", {}, True),
        ("/bytedance/seedance-2.5/text-to-video", {}, True),
        ("/bytedance/seedance-2.0/text-to-video", {"generate_audio": False}, False),
        ("/alibaba/wan-3.0/text-to-video", {}, True),
        ("/lightricks/ltx-2.5/text-to-video/fast", {}, True),
        ("/kling-video/o3/image-reference", {}, False),
        ("/kling-video/v2.5-turbo/pro/text-to-video", {"sound": "on"}, False),
        (DOP, {}, False),
    ],
)
def test_sound_left_out_is_on_where_the_vendor_has_it_on(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any], *, has_sound: bool
) -> None:
    client.accepted(path=path, **fields)

    assert [task["has_sound"] for task in higgsfield.tasks] == [has_sound]


def test_long_prompt_is_cut_off_without_an_error(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    client.accepted(prompt="a" * 2500 + "b")

    [task] = higgsfield.tasks
    assert (len(task["body"]["prompt"]), task["used_fields"]["prompt"]) == (2501, "a" * 2500)


@pytest.mark.parametrize(("fields", "enhanced"), [({}, True), ({"enhance_prompt": False}, False)])
def test_prompt_is_enhanced_unless_the_request_says_no(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, fields: dict[str, Any], *, enhanced: bool
) -> None:
    client.accepted(**fields)

    assert [task["used_fields"]["enhance_prompt"] for task in higgsfield.tasks] == [enhanced]
