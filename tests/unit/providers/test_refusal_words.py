"""Words of a refusal: every known phrase of the vendors has its meaning, and a quoted prompt has none."""

import json
from pathlib import Path
from typing import Any

import pytest

from keepreel.providers.refusal_words import is_end_of_model, meaning
from tests.unit.providers.kling.samples import job

PHRASES = json.loads((Path(__file__).parents[2] / "data/refusal_words.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase["words"][:40])
def test_phrase_of_a_vendor_has_its_meaning(phrase: dict[str, Any]) -> None:
    assert meaning(phrase["words"], {}) == phrase["meaning"]


@pytest.mark.parametrize(
    ("message", "body"),
    [
        ("Invalid prompt: A retired clown", {"prompt": "A retired clown"}),
        (
            "Invalid prompt: a RETIRED clown waves at the sunset …",
            {"prompt": "A retired clown waves at the sunset sea"},
        ),
        ("The text 'sunset' has a problem", {"contents": [{"type": "prompt", "text": "sunset"}]}),
        ("Shot 2 is bad: end of life", {"multi_prompt": [{"prompt": "walk"}, {"prompt": "end of life"}]}),
        ("bad value: taken offline", {"negative_prompt": "taken offline"}),
        ("sensitive words: the retired man of the model", {"prompt": "the\nretired\nman of the model"}),
        ("模型提示词包含敏感词: 已下线的模型", {"prompt": "一张海报写着已下线的模型,雨夜"}),
        ("cannot read https://example.com/retired-models/deprecated.png", {}),
    ],
)
def test_words_that_are_quoted_from_the_request_do_not_count(message: str, body: dict[str, Any]) -> None:
    assert meaning(message, body) is None


def test_words_beside_a_quoted_prompt_count() -> None:
    message = "The model 'kling-v1' has been discontinued (prompt: a retired clown)"

    assert meaning(message, {"prompt": "a retired clown"}) == "gone"


def test_one_letter_prompt_does_not_hide_the_words() -> None:
    assert meaning("This model has been deprecated", {"prompt": "e"}) == "gone"


@pytest.mark.parametrize(
    "message", ["The image was removed by the content policy", "Sensitive content has been removed", "内容违规，已下线"]
)
def test_content_check_that_removed_something_says_nothing_about_the_model(message: str) -> None:
    assert meaning(message, {}) is None


@pytest.mark.parametrize(
    "message",
    [
        "The image is no longer available",
        "image_url is no longer available",
        "The image URL is temporarily unavailable",
        "La imagen ya no está disponible",
        "Your content was removed by our moderation model",
    ],
)
def test_words_about_an_image_or_its_check_say_nothing_about_the_model(message: str) -> None:
    assert meaning(message, {}) is None


@pytest.mark.parametrize(
    "message",
    [
        "negative_prompt is deprecated",
        "The 4k mode has been discontinued for model kling-3.0",
        "duration 10 is no longer supported by this model",
        "Parameter cfg_scale was removed for this model",
        "camera_control is no longer available for kling-v2-6",
        "该模型不再支持10秒时长",
    ],
)
def test_end_of_an_option_is_not_the_end_of_its_model(message: str) -> None:
    assert meaning(message, {}) == "capability"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("El modelo ya no está disponible", "gone"),
        ("Le modèle kling-2.6 n'est plus disponible", "gone"),
        ("このモデルは提供終了しました", "gone"),
        ("該模型已下架", "gone"),
        ("模型不再支持", "gone"),
        ("모델을 더 이상 사용할 수 없습니다", "gone"),
        ("Image to video with kling-v1 has been discontinued", "gone"),
        ("模型不存在", "unknown_model"),
    ],
)
def test_words_in_other_languages_count(message: str, expected: str) -> None:
    assert meaning(message, {}) == expected


@pytest.mark.parametrize(
    ("reason", "is_end"),
    [
        ("This model has been retired", True),
        ("The worker was shut down", False),
        ("The video was removed", False),
        ("The model failed on: a retired model in the sun", False),
    ],
)
def test_failed_task_ends_its_model_only_if_its_reason_names_the_model(reason: str, *, is_end: bool) -> None:
    assert is_end_of_model(reason, job(prompt="a retired model in the sun")) is is_end
