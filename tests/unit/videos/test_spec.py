"""A request resolves into a spec, or into errors that name its fields."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from keepreel.db.tables import Community
from keepreel.errors import FieldError, InvalidInput
from keepreel.models import catalog
from keepreel.models.options import VideoFormat
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.schemas import validation
from keepreel.schemas.requests import BotVideoRequest, VideoRequest
from keepreel.videos import spec
from keepreel.videos.spec import CreateRequest, VideoSpec

ME = "user#me"
UPLOAD = "upload:" + "0" * 32


def user_request(**fields: Any) -> CreateRequest:
    request = validation.parse_body(VideoRequest, json.dumps({"prompt": "a warm smile", **fields}).encode())
    return spec.for_user(request, owner=ME)


def resolved(**fields: Any) -> VideoSpec:
    return user_request(**fields).resolve()


def error_of(**fields: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        resolved(**fields)
    return caught.value


def community_request(community: Community, **fields: Any) -> CreateRequest:
    request = validation.parse_body(BotVideoRequest, json.dumps(fields).encode())
    return spec.for_community(request, community, created_by=ME)


def resolved_for_community(community: Community, **fields: Any) -> VideoSpec:
    return community_request(community, **fields).resolve()


def community_error(community: Community, **fields: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        resolved_for_community(community, **fields)
    return caught.value


def community(**fields: Any) -> Community:
    now = datetime.now(UTC)
    values = {"name": "Sophia's friends", "avatar": UPLOAD, **fields}
    return Community("c1", owner_id=ME, created_at=now, updated_at=now, **values)


def test_missing_fields_take_the_models_defaults() -> None:
    resolved_spec = resolved(prompt=" a warm smile\n")

    assert resolved_spec.model.id == "kling-2.5-turbo"
    assert resolved_spec.format == VideoFormat(duration_seconds=5, aspect_ratio="1:1", resolution="720p")
    assert resolved_spec.prompt == ResolvedPrompt(prompt="a warm smile", final_prompt="a warm smile")
    assert (resolved_spec.cents_each, resolved_spec.cents) == (21, 21)


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"prompt": ""}, ["/prompt"]),
        ({"prompt": " \n "}, ["/prompt"]),
        ({"prompt": "a" * 2501}, ["/prompt"]),
        ({"prompt": "bell\x07"}, ["/prompt"]),
        ({"prompt": None}, ["/prompt"]),
        ({"prompt": 7}, ["/prompt"]),
        ({"color": "red"}, ["/color"]),
        ({"a/b~c": 1}, ["/a~1b~0c"]),
        ({"duration_seconds": 6}, ["/duration_seconds"]),
        ({"duration_seconds": "5"}, ["/duration_seconds"]),
        ({"duration_seconds": True}, ["/duration_seconds"]),
        ({"duration_seconds": 1e20}, ["/duration_seconds"]),
        ({"duration_seconds": 5.5}, ["/duration_seconds"]),
        ({"aspect_ratio": "4:3"}, ["/aspect_ratio"]),
        ({"aspect_ratio": "", "resolution": ""}, ["/aspect_ratio", "/resolution"]),
        ({"resolution": "8k", "duration_seconds": 0}, ["/duration_seconds", "/resolution"]),
        ({"source_image": "http://example.com/a.jpg"}, ["/source_image"]),
        ({"source_image": "https://10.0.0.1/a.jpg"}, ["/source_image"]),
        ({"source_image": "upload:../../other"}, ["/source_image"]),
        ({"source_image": ""}, ["/source_image"]),
        ({"model": "kling-3.0", "negative_prompt": "blur"}, ["/negative_prompt"]),
        ({"seed": 7}, ["/seed"]),
        ({"seed": 0, "model": "higgsfield-dop-lite", "source_image": UPLOAD}, ["/seed"]),
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
        ({"prompt": None, "template": "golden-hour", "variables": {"color": "red"}}, ["/variables/color"]),
        ({"prompt": None, "template": "golden-hour", "variables": {"Subject": "a"}}, ["/variables/Subject/[key]"]),
        ({"variables": {"subject": "a cat"}}, ["/variables"]),
        ({"source_image": UPLOAD, "source_image_url": "https://example.com/a.jpg"}, ["/source_image_url"]),
        ({"prompt": "\u200b"}, ["/prompt"]),
        ({"prompt": "turned \u202e round"}, ["/prompt"]),
        ({"prompt": "tagged \U000e0041"}, ["/prompt"]),
    ],
)
def test_error_names_the_invalid_fields(fields: dict[str, Any], pointers: list[str]) -> None:
    error = error_of(**fields)

    assert [field.pointer for field in error.errors] == pointers
    assert all(field.detail for field in error.errors)


def test_retired_model_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    retired = {
        id: replace(model, retired_on=date(2026, 1, 1) if id == "kling-3.0" else model.retired_on)
        for id, model in catalog.models().items()
    }
    monkeypatch.setattr(catalog, "models", lambda: retired)

    assert error_of(model="kling-3.0").code == "model_unavailable"


def test_error_for_unknown_model_lists_the_offered_models() -> None:
    error = error_of(model="sora-9")

    assert error.code == "model_unavailable"
    assert error.errors == (
        FieldError("/model", f"There is no such model. Available models: {', '.join(catalog.offered())}."),
    )


@pytest.mark.parametrize("duration", [5, 5.0])
def test_duration_may_be_written_as_a_decimal(duration: float) -> None:
    assert resolved(duration_seconds=duration).format.duration_seconds == 5


def test_source_image_url_is_accepted_as_source_image() -> None:
    assert resolved(source_image_url=UPLOAD).source_image == UPLOAD


def test_template_renders_the_prompt_and_its_version_is_kept() -> None:
    resolved_spec = resolved(prompt=None, template="golden-hour")

    assert (resolved_spec.prompt.prompt, resolved_spec.prompt.template) == (None, "golden-hour")
    assert (resolved_spec.prompt.template_version or 0) >= 1
    assert len(resolved_spec.prompt.final_prompt.split()) > 30


def test_fingerprint_ignores_the_order_of_variables_and_null_defaults() -> None:
    one, other = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})

    assert (
        user_request(template="t", variables=one).fingerprint == user_request(template="t", variables=other).fingerprint
    )
    assert user_request(source_image=None, variations=1).fingerprint == user_request().fingerprint


@pytest.mark.parametrize("model", ["kling-3.0", "kling-2.5-turbo"])
def test_default_duration_is_five_seconds(model: str) -> None:
    assert resolved(model=model).format.duration_seconds == 5


def test_cost_is_multiplied_by_the_variations() -> None:
    resolved_spec = resolved(variations=4)

    assert (resolved_spec.cents_each, resolved_spec.cents) == (21, 84)


def test_fingerprint_ignores_the_order_and_the_alias_of_fields() -> None:
    first = user_request(source_image=UPLOAD, duration_seconds=5)

    assert user_request(duration_seconds=5, source_image_url=UPLOAD).fingerprint == first.fingerprint
    assert user_request(source_image=UPLOAD).fingerprint != user_request(source_image=UPLOAD, variations=2).fingerprint


def test_community_video_has_its_own_defaults() -> None:
    resolved_spec = resolved_for_community(community(), type="intro")

    assert (resolved_spec.model.id, resolved_spec.model.provider) == ("higgsfield/realistic-vision-v5", "higgsfield")
    assert resolved_spec.format == VideoFormat(duration_seconds=5, aspect_ratio="1:1", resolution="1080p")
    assert (resolved_spec.owner, resolved_spec.payer, resolved_spec.created_by) == ("community#c1", ME, ME)


@pytest.mark.parametrize(
    ("fields", "source_image"),
    [
        ({"type": "intro"}, UPLOAD),
        ({"type": "intro", "model": "kling-3.0"}, UPLOAD),
        ({"type": "intro", "model": "kling-3.0", "source_image": None}, None),
        ({"type": "intro", "source_image": "https://example.com/a.jpg"}, "https://example.com/a.jpg"),
    ],
)
def test_avatar_is_the_source_image_unless_the_request_overrides_it(
    fields: dict[str, Any], source_image: str | None
) -> None:
    assert resolved_for_community(community(), **fields).source_image == source_image


def test_without_an_image_the_default_model_generates_from_text() -> None:
    resolved_spec = resolved_for_community(community(avatar=None), type="intro")

    assert (resolved_spec.model.id, resolved_spec.source_image) == ("kling-2.5-turbo", None)
    assert resolved_spec.format == VideoFormat(duration_seconds=5, aspect_ratio="1:1", resolution="1080p")


def test_null_source_image_changes_the_fingerprint() -> None:
    fields = {"type": "intro", "model": "kling-3.0"}

    assert (
        community_request(community(), **fields).fingerprint
        != community_request(community(), **fields, source_image=None).fingerprint
    )


def test_fingerprint_is_independent_of_the_communitys_data() -> None:
    before, after = community(), community(name="Another name", avatar="upload:" + "1" * 32)

    assert community_request(before, type="intro").fingerprint == community_request(after, type="intro").fingerprint


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
def test_community_video_error_names_the_invalid_fields(fields: dict[str, Any], pointers: list[str]) -> None:
    assert [field.pointer for field in community_error(community(), **fields).errors] == pointers


def test_error_names_all_missing_community_fields() -> None:
    error = community_error(community(), type="token_reveal")

    assert error.code == "community_data_missing"
    assert error.errors[0].detail == (
        "The community has no token_name and no token_symbol. Edit the community and try again."
    )
