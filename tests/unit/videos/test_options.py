"""Options of a request: the defaults that are sent, shots, and what a request may leave out."""

from dataclasses import replace
from typing import Any

import pytest

from keepreel.db.tables import Community, Video
from keepreel.errors import FieldError
from keepreel.models import catalog
from keepreel.models.options import Motion, Options, Shot
from keepreel.schemas.requests import RemixRequest
from keepreel.videos import create
from keepreel.videos.remix import remix
from keepreel.videos.spec import VideoSpec
from keepreel.workflow import account_prices
from tests.factories import record
from tests.unit.videos.test_spec import UPLOAD, community, community_error, error_of, resolved, resolved_for_community

END = "upload:" + "1" * 32
SHOTS: list[dict[str, Any]] = [
    {"prompt": "a door opens onto a beach", "duration_seconds": 2},
    {"prompt": "footprints fill with water", "duration_seconds": 3},
]
FRAMES = {"source_image": UPLOAD, "end_image": END}


@pytest.fixture(autouse=True)
def without_account_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_prices, "cents", lambda *_: None)


def errors(**fields: Any) -> list[FieldError]:
    return list(error_of(**fields).errors)


def pointers(**fields: Any) -> list[str]:
    return [error.pointer for error in errors(**fields)]


def video_of(spec: VideoSpec) -> Video:
    return create._new_videos(spec)[0]


def remixed(video: Video, **changes: Any) -> VideoSpec:
    return remix(video, RemixRequest.model_validate(changes), created_by=video.owner).resolve()


def test_defaults_of_the_model_are_part_of_the_options() -> None:
    assert resolved(model="kling-3.0").options == Options(sound=False, watermark=False)
    assert resolved(model="kling-3.0-turbo").options.sound is True
    assert resolved(model="higgsfield-kling-3.0-std").options == Options(sound=False, cfg_scale=0.5)
    assert resolved(model="higgsfield-dop-lite", source_image=UPLOAD).options == Options(enhance_prompt=False)


def test_options_are_stored_with_the_video() -> None:
    spec = resolved(model="kling-3.0", shots=SHOTS, sound=True)

    assert Options.from_json(video_of(spec).options) == spec.options
    assert spec.options.shots == tuple(Shot(**shot) for shot in SHOTS)


def test_request_without_a_resolution_takes_one_that_fits_the_options() -> None:
    assert resolved(model="kling-2.6", sound=True).format.resolution == "1080p"
    assert pointers(model="kling-2.6", sound=True, resolution="720p") == ["/sound"]


def test_sound_doubles_the_price() -> None:
    silent, loud = resolved(model="kling-2.6", resolution="1080p"), resolved(model="kling-2.6", sound=True)

    assert (silent.cents_each, loud.cents_each) == (35, 70)


def test_price_is_for_the_delivered_resolution(monkeypatch: pytest.MonkeyPatch) -> None:
    model = replace(catalog.models()["kling-3.0"], delivers="1080p")
    monkeypatch.setattr(catalog, "models", lambda: {**_models(), "kling-3.0": model})

    assert resolved(model="kling-3.0", resolution="720p").cents_each == 56


_models = catalog.models


def test_shots_replace_the_prompt_and_give_the_length() -> None:
    spec = resolved(model="kling-3.0", prompt=None, shots=SHOTS)

    assert spec.format.duration_seconds == 5
    assert spec.prompt.final_prompt == "a door opens onto a beach\nfootprints fill with water"
    assert spec.prompt.prompt is None


def test_prompt_beside_shots_names_the_video() -> None:
    spec = resolved(model="kling-3.0", prompt="the beach", shots=SHOTS)

    assert spec.prompt.prompt == "the beach"
    assert "beach\nfootprints" in spec.prompt.final_prompt


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"shots": SHOTS, "duration_seconds": 6},
            FieldError(
                "/shots", "The shots add up to 5 seconds, but duration_seconds is 6. Leave it out or make it equal."
            ),
        ),
        (
            {"shots": [{**SHOTS[0], "duration_seconds": 9}] * 2},
            FieldError("/shots", "The shots add up to 18 seconds. Kling 3.0 offers 3 to 15 seconds."),
        ),
        (
            {"shots": [{**SHOTS[0], "duration_seconds": 2}]},
            FieldError("/shots", "The shots add up to 2 seconds. Kling 3.0 offers 3 to 15 seconds."),
        ),
        (
            {"shots": [{"prompt": "x" * 513, "duration_seconds": 5}]},
            FieldError("/shots/0/prompt", "Kling 3.0 accepts at most 512 characters."),
        ),
        (
            {"shots": [{"prompt": "x" * 512, "duration_seconds": 2}] * 6},
            FieldError("/shots", "Kling 3.0 accepts at most 3072 characters in all shots together."),
        ),
        (
            {"shots": SHOTS, "prompt": None, "template": "golden-hour"},
            FieldError("/template", "The shots have the prompts. Send either shots or a template."),
        ),
    ],
)
def test_shots_that_do_not_fit_are_refused_once(fields: dict[str, Any], expected: FieldError) -> None:
    assert errors(model="kling-3.0", **fields) == [expected]


def test_six_long_shots_fit_a_model_that_takes_them_one_by_one() -> None:
    shots = [{"prompt": "x" * 512, "duration_seconds": 2}] * 6

    assert resolved(model="kling-v3", shots=shots).format.duration_seconds == 12


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"model": "kling-2.5-turbo", "sound": True}, ["/sound"]),
        ({"model": "kling-2.6", "shots": SHOTS}, ["/shots"]),
        ({"model": "kling-2.6", "cfg_scale": 0.5}, ["/cfg_scale"]),
        ({"model": "kling-2.6", "motions": [{"id": "zoom"}], "seed": 1}, ["/motions", "/seed"]),
        ({"model": "kling-3.0-turbo", "sound": False}, ["/sound"]),
        ({"model": "kling-3.0", "end_image": END}, ["/end_image"]),
        ({"model": "kling-2.6", **FRAMES, "sound": True}, ["/end_image"]),
        ({"model": "kling-2.5-turbo", **FRAMES, "resolution": "720p"}, ["/end_image"]),
        ({"model": "kling-3.0-omni", "reference_images": [UPLOAD] * 8}, ["/reference_images"]),
        ({"model": "kling-o1", "duration_seconds": 7}, ["/duration_seconds"]),
        ({"model": "kling-2.5-turbo", "resolution": "4k", "watermark": True}, ["/resolution"]),
        ({"model": "kling-2.6", "enhance_prompt": True, "camera_movement": "static"},
         ["/enhance_prompt", "/camera_movement"]),
        ({"model": "higgsfield-wan-3.0", "seed": 2_147_483_648}, ["/seed"]),
        ({"model": "kling-2.6", "prompt": "x" * 2501, "seed": 1}, ["/seed", "/prompt"]),
    ],
)  # fmt: skip
def test_every_violation_is_reported_once_at_its_field(fields: dict[str, Any], expected: list[str]) -> None:
    assert pointers(**fields) == expected


def test_error_says_which_models_offer_the_option() -> None:
    (error,) = errors(model="kling-2.5-turbo", sound=True)

    assert "kling-2.6" in error.detail
    assert "kling-v2-1" not in error.detail


def test_switches_that_are_off_are_accepted_by_a_model_without_them() -> None:
    spec = resolved(model="higgsfield-kling-2.5-turbo-pro", sound=False, enhance_prompt=False, watermark=False)

    assert (spec.options.sound, spec.options.enhance_prompt, spec.options.watermark) == (None, None, None)


def test_bot_video_with_its_own_template_takes_no_shots() -> None:
    error = community_error(community(), type="intro", model="kling-3.0", shots=SHOTS)

    assert [it.pointer for it in error.errors] == ["/shots"]
    custom = resolved_for_community(community(), type="custom", model="kling-3.0", shots=SHOTS)
    assert custom.format.duration_seconds == 5


def test_retired_model_names_its_successor_and_uses_it_if_allowed() -> None:
    (error,) = errors(model="kling-v2-1", source_image=UPLOAD)
    spec = resolved(model="kling-v2-1", source_image=UPLOAD, allow_successor=True)

    assert (error.pointer, "kling-2.5-turbo" in error.detail) == ("/model", True)
    assert (spec.model.id, spec.requested_model) == ("kling-2.5-turbo", "kling-v2-1")
    assert video_of(spec).requested_model == "kling-v2-1"


def test_successor_that_is_not_needed_is_not_named() -> None:
    assert resolved(model="kling-3.0", allow_successor=True).requested_model is None
    assert resolved().requested_model is None


def test_seeds_of_variations_stay_within_the_models_range() -> None:
    spec = resolved(model="higgsfield-wan-3.0", source_image=UPLOAD, seed=2_147_483_646, variations=4)

    assert [video.seed for video in create._new_videos(spec)] == [2_147_483_646, 2_147_483_647, 0, 1]


def test_remix_keeps_every_option() -> None:
    video = video_of(resolved(model="higgsfield-dop-lite", **FRAMES, motions=[{"id": "zoom", "strength": 0.5}], seed=7))

    spec = remixed(video, prompt="a wave")

    assert spec.options == Options(end_image=END, motions=(Motion(id="zoom", strength=0.5),), enhance_prompt=False)
    assert spec.seed == 7


def test_remix_drops_what_the_new_model_lacks() -> None:
    video = video_of(resolved(model="kling-3.0", **FRAMES, sound=True))

    spec = remixed(video, model="higgsfield-kling-2.5-turbo-pro")

    assert spec.options == Options(cfg_scale=0.5)


def test_remix_drops_a_kept_option_that_excludes_a_new_one() -> None:
    video = video_of(resolved(model="kling-2.6", **FRAMES))

    spec = remixed(video, sound=True)

    assert (spec.options.sound, spec.options.end_image) == (True, None)


@pytest.mark.parametrize("name", ["end_image", "sound", "motions", "seed"])
def test_null_removes_an_option(name: str) -> None:
    model = "kling-3.0" if name == "sound" else "higgsfield-dop-lite"
    options = {"sound": True} if name == "sound" else {"motions": [{"id": "zoom"}], "seed": 7}
    video = video_of(resolved(model=model, **FRAMES, **options))

    spec = remixed(video, **{name: None})

    removed = {"seed": spec.seed, **vars(spec.options)}[name]
    assert not removed


def test_remix_without_a_source_image_drops_the_end_image() -> None:
    video = video_of(resolved(model="kling-3.0", **FRAMES))

    assert remixed(video, source_image=None).options.end_image is None


def test_new_prompt_replaces_kept_shots() -> None:
    video = video_of(resolved(model="kling-3.0", shots=SHOTS))

    kept, changed = remixed(video), remixed(video, prompt="a wave")

    assert kept.options.shots
    assert (changed.options.shots, changed.prompt.final_prompt) == ((), "a wave")


def test_new_shots_give_the_length_of_a_remix() -> None:
    video = video_of(resolved(model="kling-3.0", duration_seconds=10))

    assert remixed(video, shots=SHOTS).format.duration_seconds == 5


def test_remix_of_a_retired_model_needs_the_permission_to_use_its_successor() -> None:
    video = record("user#me", model="kling-v2-1", source_image=UPLOAD, prompt="a smile")

    spec = remixed(video, allow_successor=True)

    assert (spec.model.id, spec.requested_model) == ("kling-2.5-turbo", "kling-v2-1")


def test_video_from_before_options_can_be_remixed() -> None:
    video = record("user#me", model="kling-3.0", prompt="a smile")

    assert remixed(video).options == Options(sound=False, watermark=False)


def test_community_without_an_avatar_takes_options() -> None:
    bare: Community = community(avatar=None)

    assert resolved_for_community(bare, type="intro", model="kling-2.6", sound=True).options.sound is True
