"""Checks of a request against its model, with models made for the test."""

from typing import Any

import pytest

from keepreel.errors import FieldError
from keepreel.models import rules
from keepreel.models.model import Limits, Model, Option, Price, Rule
from keepreel.models.options import Motion, Options, Shot

PRICES = (Price(usd_per_second=0.1),)


def model(options: dict[str, Option] | None = None, *model_rules: Rule, **fields: Any) -> Model:
    values: dict[str, Any] = {
        "id": "acme-1",
        "name": "Acme 1",
        "provider": "acme",
        "provider_model": "one",
        "flows": ("image", "text"),
        "durations": (5, 10),
        "aspect_ratios": ("1:1", "16:9"),
        "resolutions": ("720p", "1080p"),
        "usual_seconds": (1, 2),
        "prices": PRICES,
    }
    return Model(**{**values, "options": options or {}, "rules": model_rules, **fields})


def values(flow: Any = "image", resolution: str = "720p", duration_seconds: int = 5, **options: Any) -> dict[str, Any]:
    format = {"duration_seconds": duration_seconds, "aspect_ratio": "1:1", "resolution": resolution}
    return rules.values_of(flow=flow, format=format, options=Options(**options), negative_prompt=None, seed=None)


NEEDS_1080P = Rule(when={"end_image": (True,)}, needs={"resolution": ("1080p",)})
NO_SOUND = Rule(when={"end_image": (True,)}, needs={"sound": (False,)})


@pytest.mark.parametrize(
    ("name", "value", "option", "error"),
    [
        ("cfg_scale", 0.7, Option(minimum=0, maximum=0.5), "Acme 1 accepts cfg_scale from 0 to 0.5."),
        ("cfg_scale", 0.5, Option(minimum=0, maximum=0.5), None),
        ("camera_movement", "spin", Option(values=("static", "jib_up")), "Acme 1 offers static, jib_up."),
        ("camera_movement", "static", Option(values=("static", "jib_up")), None),
        ("reference_images", ("a", "b", "c"), Option(maximum=2), "Acme 1 accepts at most 2 reference images."),
        ("reference_images", ("a",), Option(minimum=2, maximum=4), "Acme 1 accepts 2 to 4 reference images."),
        ("sound", False, Option(default=True, is_fixed=True), "Acme 1 always has sound."),
        ("sound", True, Option(default=False, is_fixed=True), "Acme 1 never has sound."),
        ("sound", True, Option(default=True, is_fixed=True), None),
        ("seed", 0, Option(), "Acme 1 accepts seeds from 1 to 99."),
        ("seed", 99, Option(), None),
        ("negative_prompt", "x" * 41, Option(), "Acme 1 accepts at most 40 characters."),
    ],
)
def test_value_outside_of_the_models_bounds_is_refused(
    name: str, value: Any, option: Option, error: str | None
) -> None:
    acme = model({name: option}, limits=Limits(max_prompt_chars=40, max_seed=99))

    expected = [] if error is None else [FieldError(f"/{name}", error)]
    assert rules.option_violations(acme, name, value) == expected


def test_text_that_is_too_long_is_named_by_its_place() -> None:
    acme = model({"shots": Option(max_chars=5)})
    shots = (Shot(prompt="short", duration_seconds=1), Shot(prompt="longer", duration_seconds=1))

    errors = rules.option_violations(acme, "shots", shots)

    assert errors == [FieldError("/shots/1/prompt", "Acme 1 accepts at most 5 characters.")]


def test_missing_option_names_the_models_that_have_it() -> None:
    others = [model({"motions": Option(maximum=2)}, id="acme-2"), model(id="acme-3")]

    errors = rules.option_violations(model(), "motions", (Motion(id="zoom"),), others=others)

    detail = "Acme 1 does not support camera motions. Models that do: acme-2."
    assert errors == [FieldError("/motions", detail)]


def test_model_that_never_has_sound_is_not_named_as_one_that_does() -> None:
    silent = model({"sound": Option(default=False, is_fixed=True)}, id="acme-2")
    loud = model({"sound": Option(default=True, is_fixed=True)}, id="acme-3")

    (error,) = rules.option_violations(model(), "sound", value=True, others=[silent, loud])

    assert error.detail == "Acme 1 does not support sound. Models that do: acme-3."


@pytest.mark.parametrize("name", rules.SWITCHES)
def test_switch_that_is_off_fits_a_model_without_it(name: str) -> None:
    assert rules.option_violations(model(), name, value=False) == []
    assert rules.option_violations(model(), name, value=True) != []


def test_required_option_is_asked_for() -> None:
    acme = model({"end_image": Option(is_required=True)})

    assert rules.missing_options(acme, values()) == [FieldError("/end_image", "Acme 1 needs an end image.")]
    assert rules.missing_options(acme, values(end_image="upload:a")) == []


@pytest.mark.parametrize(
    ("rule", "asked", "detail"),
    [
        (NEEDS_1080P, {"end_image": "u"}, "Acme 1 allows an end image only with resolution 1080p."),
        (NO_SOUND, {"end_image": "u", "sound": True}, "Acme 1 allows an end image only without sound."),
        (
            Rule(when={"end_image": (True,)}, needs={"flow": ("image",)}),
            {"flow": "text", "end_image": "u"},
            "Acme 1 allows an end image only with a source image.",
        ),
        (
            Rule(when={"reference_images": (True,)}, needs={"flow": ("text",)}),
            {"reference_images": ("u",)},
            "Acme 1 allows reference images only without a source image.",
        ),
        (
            Rule(when={"sound": (True,), "resolution": ("720p",)}, needs={"duration_seconds": (10,)}),
            {"sound": True},
            "Acme 1 allows sound and resolution 720p only with a length of 10 seconds.",
        ),
    ],
)
def test_broken_rule_is_named_with_what_would_fit(rule: Rule, asked: dict[str, Any], detail: str) -> None:
    acme = model({"end_image": Option(), "sound": Option(), "reference_images": Option()}, rule)

    (error,) = rules.rule_violations(acme, values(**asked), sent=asked, wrong=())

    assert error == FieldError(f"/{next(name for name in asked if name != 'flow')}", detail)


def test_rule_about_a_wrong_field_is_not_reported_again() -> None:
    acme = model({"end_image": Option()}, NEEDS_1080P)

    assert rules.rule_violations(acme, values(end_image="u"), sent=["end_image"], wrong=["end_image"]) == []


def test_format_that_was_not_sent_takes_a_value_that_fits() -> None:
    acme = model({"end_image": Option()}, NEEDS_1080P)
    asked = values(end_image="u")

    assert rules.fitted(acme, asked, free=["resolution"]) == {**asked, "resolution": "1080p"}
    assert rules.fitted(acme, asked, free=[]) == asked


def test_kept_option_that_no_longer_fits_is_dropped() -> None:
    acme = model({"end_image": Option(), "sound": Option()}, NO_SOUND)
    asked = values(end_image="u", sound=True)

    assert rules.fitted(acme, asked, free=["sound"]) == {**asked, "sound": False}
    assert rules.fitted(acme, asked, free=["end_image"]) == {**asked, "end_image": False}


def test_rules_that_contradict_each_other_end() -> None:
    first = Rule(when={"resolution": ("720p",)}, needs={"resolution": ("1080p",)})
    second = Rule(when={"resolution": ("1080p",)}, needs={"resolution": ("720p",)})

    assert rules.fitted(model({}, first, second), values(), free=["resolution"])["resolution"] in ("720p", "1080p")
