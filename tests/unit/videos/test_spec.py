"""What a request comes to, and what is said when its model cannot make it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from keepreel import catalog
from keepreel.db.tables import Community
from keepreel.errors import FieldError, InvalidInput
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.schemas import validation
from keepreel.schemas.requests import BotVideoRequest, ChosenVideo, VideoRequest
from keepreel.videos import spec
from keepreel.videos.spec import Asked, Order

ME = "user#me"
UPLOAD = "upload:" + "0" * 32


def asked(**fields: Any) -> Asked:
    request = validation.parse_body(VideoRequest, json.dumps({"prompt": "a warm smile", **fields}).encode())
    return spec.of_person(request, owner=ME)


def ordered(**fields: Any) -> Order:
    return asked(**fields).order()


def refused(**fields: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        ordered(**fields)
    return caught.value


def bot_asked(community: Community, **fields: Any) -> Asked:
    request = validation.parse_body(BotVideoRequest, json.dumps(fields).encode())
    return spec.of_community(request, community, created_by=ME)


def bot_ordered(community: Community, **fields: Any) -> Order:
    return bot_asked(community, **fields).order()


def bot_refused(community: Community, **fields: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        bot_ordered(community, **fields)
    return caught.value


def community(**fields: Any) -> Community:
    now = datetime.now(UTC)
    said = {"name": "Sophia's friends", "avatar": UPLOAD, **fields}
    return Community("c1", owner_id=ME, created_at=now, updated_at=now, **said)


def test_what_is_left_out_takes_the_models_first_choice() -> None:
    order = ordered(prompt=" a warm smile\n")

    assert order.model.id == "kling-v2-1"
    assert order.chosen == ChosenVideo(duration_seconds=5, aspect_ratio="1:1", resolution="720p")
    assert order.words == ResolvedPrompt(prompt="a warm smile", final_prompt="a warm smile")
    assert (order.cents_each, order.cents) == (28, 28)


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"prompt": ""}, ["/prompt"]),
        ({"prompt": " \n "}, ["/prompt"]),
        ({"prompt": "a" * 2501}, ["/prompt"]),
        ({"prompt": "bell\x07"}, ["/prompt"]),
        ({"prompt": None}, ["/prompt"]),
        ({"prompt": 7}, ["/prompt"]),
        ({"colour": "red"}, ["/colour"]),
        ({"a/b~c": 1}, ["/a~1b~0c"]),
        ({"duration_seconds": 6}, ["/duration_seconds"]),
        ({"duration_seconds": "5"}, ["/duration_seconds"]),
        ({"duration_seconds": True}, ["/duration_seconds"]),
        ({"aspect_ratio": "4:3"}, ["/aspect_ratio"]),
        ({"aspect_ratio": "", "resolution": ""}, ["/aspect_ratio", "/resolution"]),
        ({"resolution": "8k", "duration_seconds": 0}, ["/duration_seconds", "/resolution"]),
        ({"source_image": "http://example.com/a.jpg"}, ["/source_image"]),
        ({"source_image": "https://10.0.0.1/a.jpg"}, ["/source_image"]),
        ({"source_image": "upload:../../other"}, ["/source_image"]),
        ({"source_image": ""}, ["/source_image"]),
        ({"model": "kling-3.0", "negative_prompt": "blur"}, ["/negative_prompt"]),
        ({"seed": 7}, ["/seed"]),
        ({"seed": 0, "model": "higgsfield-dop-lite"}, ["/seed"]),
        ({"variations": 0}, ["/variations"]),
        ({"variations": 5}, ["/variations"]),
        ({"variations": "2"}, ["/variations"]),
        ({"dry_run": "yes"}, ["/dry_run"]),
        ({"model": "higgsfield-dop-lite"}, ["/source_image"]),
        ({"model": "higgsfield-dop-lite", "source_image": UPLOAD, "resolution": "1080p"}, ["/resolution"]),
        ({"template": "golden-hour"}, ["/prompt"]),
        ({"prompt": None, "template": "no-such-template"}, ["/template"]),
        ({"prompt": None, "template": "intro"}, ["/template"]),
        ({"prompt": None, "template": "../intro"}, ["/template"]),
        ({"prompt": None, "template": "golden-hour", "variables": {"colour": "red"}}, ["/variables/colour"]),
        ({"prompt": None, "template": "golden-hour", "variables": {"Subject": "a"}}, ["/variables/Subject/[key]"]),
        ({"variables": {"subject": "a cat"}}, ["/variables"]),
        ({"source_image": None, "source_image_url": "https://example.com/a.jpg"}, ["/source_image_url"]),
        ({"prompt": "\u200b"}, ["/prompt"]),
        ({"prompt": "turned \u202e round"}, ["/prompt"]),
        ({"prompt": "tagged \U000e0041"}, ["/prompt"]),
    ],
)
def test_bad_input_names_its_field(fields: dict[str, Any], pointers: list[str]) -> None:
    error = refused(**fields)

    assert [field.pointer for field in error.errors] == pointers
    assert all(field.detail for field in error.errors)


def test_a_retired_model_is_no_longer_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    retired = {id: replace(model, retired=id == "kling-3.0") for id, model in catalog.models().items()}
    monkeypatch.setattr(catalog, "models", lambda: retired)

    assert refused(model="kling-3.0").code == "model_unavailable"


def test_an_unknown_model_names_those_that_work() -> None:
    error = refused(model="sora-9")

    assert error.code == "model_unavailable"
    assert error.errors == (
        FieldError("/model", f"There is no such model. These work: {', '.join(catalog.offered())}."),
    )


def test_a_request_may_send_back_what_an_answer_called_source_image_url() -> None:
    assert ordered(source_image_url=UPLOAD).source_image == UPLOAD


def test_a_template_builds_the_prompt_and_is_named_with_its_version() -> None:
    order = ordered(prompt=None, template="golden-hour")

    assert (order.words.prompt, order.words.template) == (None, "golden-hour")
    assert (order.words.template_version or 0) >= 1
    assert len(order.words.final_prompt.split()) > 30


def test_the_order_of_variables_and_a_null_for_nothing_make_no_other_request() -> None:
    one, other = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})

    assert asked(template="t", variables=one).fingerprint == asked(template="t", variables=other).fingerprint
    assert asked(source_image=None, variations=1).fingerprint == asked().fingerprint


@pytest.mark.parametrize("model", ["kling-3.0", "kling-v2-1"])
def test_five_seconds_are_the_usual_length(model: str) -> None:
    assert ordered(model=model).chosen.duration_seconds == 5


def test_variations_cost_as_many_times() -> None:
    order = ordered(variations=4)

    assert (order.cents_each, order.cents) == (28, 112)


def test_a_request_is_the_same_however_its_fields_are_ordered_and_named() -> None:
    first = asked(source_image=UPLOAD, duration_seconds=5)

    assert asked(duration_seconds=5, source_image_url=UPLOAD).fingerprint == first.fingerprint
    assert asked(source_image=UPLOAD).fingerprint != asked(source_image=UPLOAD, variations=2).fingerprint


def test_a_bot_videos_defaults_are_the_owners() -> None:
    order = bot_ordered(community(), type="intro")

    assert (order.model.id, order.model.provider) == ("higgsfield/realistic-vision-v5", "higgsfield")
    assert order.chosen == ChosenVideo(duration_seconds=5, aspect_ratio="1:1", resolution="1080p")
    assert (order.owner, order.payer, order.created_by) == ("community#c1", ME, ME)


@pytest.mark.parametrize(
    ("fields", "source_image"),
    [
        ({"type": "intro"}, UPLOAD),
        ({"type": "intro", "model": "kling-3.0"}, UPLOAD),
        ({"type": "intro", "model": "kling-3.0", "source_image": None}, None),
        ({"type": "intro", "source_image": "https://example.com/a.jpg"}, "https://example.com/a.jpg"),
    ],
)
def test_the_avatar_is_the_source_unless_the_request_says_otherwise(
    fields: dict[str, Any], source_image: str | None
) -> None:
    assert bot_ordered(community(), **fields).source_image == source_image


def test_without_any_image_the_default_is_a_model_that_needs_none() -> None:
    order = bot_ordered(community(avatar=None), type="intro")

    assert (order.model.id, order.source_image) == ("kling-2.5-turbo", None)
    assert order.chosen == ChosenVideo(duration_seconds=5, aspect_ratio="1:1", resolution="1080p")


def test_naming_no_source_is_another_request_than_not_naming_one() -> None:
    asked = {"type": "intro", "model": "kling-3.0"}

    assert bot_asked(community(), **asked).fingerprint != bot_asked(community(), **asked, source_image=None).fingerprint


def test_the_same_request_stays_the_same_when_the_community_changes() -> None:
    before, after = community(), community(name="Another name", avatar="upload:" + "1" * 32)

    assert bot_asked(before, type="intro").fingerprint == bot_asked(after, type="intro").fingerprint


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"type": "custom"}, ["/prompt"]),
        ({"type": "custom", "prompt": ""}, ["/prompt"]),
        ({"type": "intro", "prompt": "my own words"}, ["/prompt"]),
        ({"type": "promo", "template": "golden-hour", "variables": {"subject": "a cat"}}, ["/template", "/variables"]),
        ({"type": "token_reveal"}, ["/type"]),
        ({"type": "birthday"}, ["/type"]),
        ({}, ["/type"]),
        ({"type": "intro", "source_image": None, "model": "higgsfield-dop-lite"}, ["/source_image"]),
        ({"type": "intro", "duration_seconds": 10}, ["/duration_seconds"]),
    ],
)
def test_a_bad_bot_video_names_its_field(fields: dict[str, Any], pointers: list[str]) -> None:
    assert [field.pointer for field in bot_refused(community(), **fields).errors] == pointers


def test_a_type_whose_data_are_missing_names_all_of_them() -> None:
    error = bot_refused(community(), type="token_reveal")

    assert error.code == "community_data_missing"
    assert error.errors[0].detail == (
        "The community has no token_name and no token_symbol. Edit the community and try again."
    )
