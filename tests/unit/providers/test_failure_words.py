"""The words of a refusal, in the languages in which the providers answer, and what they say about our own request."""

from typing import Any

import pytest

from keepreel.errors import ErrorCode, Refused
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield import errors as higgsfield
from keepreel.providers.higgsfield.client import HiggsfieldResponse
from keepreel.providers.kling import errors as kling
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.task_status import TaskStatus

URL = "https://files.example.com/first.png"
KLING_TEXT = Submission(video_id="1", path="/text-to-video/kling-3.0", body={"prompt": "x"})
KLING_IMAGE = Submission(
    video_id="1",
    path="/image-to-video/kling-3.0",
    body={"contents": [{"type": "prompt", "text": "x"}, {"type": "first_frame", "url": URL}]},
)
OMNI_IMAGE = Submission(video_id="1", path="/omni-video/kling-3.0-omni", body=KLING_IMAGE.body)
HIGGSFIELD_TEXT = Submission(video_id="1", path="/a/text-to-video", body={"prompt": "x"})
HIGGSFIELD_IMAGE = Submission(video_id="1", path="/a/image-to-video", body={"prompt": "x", "first_frame_url": URL})


def refused_by_kling(message: str, submission: Submission, code: int = 1201) -> ErrorCode:
    error = kling.refusal(KlingResponse(http_status=400, code=code, message=message), submission)
    assert isinstance(error, Refused)
    return error.failure.code


def refused_by_higgsfield(message: str, submission: Submission, http_status: int = 400) -> ErrorCode:
    body: dict[str, Any] = {"detail": message}
    error = higgsfield.refusal(HiggsfieldResponse(http_status=http_status, body=body, message=message), submission)
    assert isinstance(error, Refused)
    return error.failure.code


@pytest.mark.parametrize(
    "message",
    [
        "内容违规",
        "您的提示词包含敏感词",
        "文本审核不通过",
        "输入内容违规,请修改",
        "內容違規",
        "プロンプトは不適切です",
        "프롬프트에 유해",
    ],
)
@pytest.mark.parametrize("is_from_image", [True, False])
def test_refusal_of_the_prompt_is_understood_in_other_languages(message: str, *, is_from_image: bool) -> None:
    of_kling = refused_by_kling(message, KLING_IMAGE if is_from_image else KLING_TEXT)
    of_higgsfield = refused_by_higgsfield(message, HIGGSFIELD_IMAGE if is_from_image else HIGGSFIELD_TEXT)

    assert (of_kling, of_higgsfield) == (ErrorCode.PROMPT_REJECTED, ErrorCode.PROMPT_REJECTED)


@pytest.mark.parametrize(
    "message", ["图片内容违规", "图像涉黄", "圖片違規", "이미지가 부적절합니다", "画像は不適切です"]
)
@pytest.mark.parametrize("submission", [KLING_IMAGE, OMNI_IMAGE], ids=["image", "omni"])
def test_refusal_of_the_image_is_understood_in_other_languages(message: str, submission: Submission) -> None:
    of_kling, of_higgsfield = refused_by_kling(message, submission), refused_by_higgsfield(message, HIGGSFIELD_IMAGE)

    assert (of_kling, of_higgsfield) == (ErrorCode.IMAGE_REJECTED, ErrorCode.IMAGE_REJECTED)


@pytest.mark.parametrize("code", [1200, 1201, 1299, 1300, 1301])
def test_refusal_words_decide_under_any_code_about_parameters(code: int) -> None:
    assert refused_by_kling("内容违规", KLING_TEXT, code) == ErrorCode.PROMPT_REJECTED


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("内容违规", ErrorCode.PROMPT_REJECTED),
        ("提示词违规", ErrorCode.PROMPT_REJECTED),
        ("图片内容违规", ErrorCode.IMAGE_REJECTED),
        ("生成视频内容违规", ErrorCode.OUTPUT_REJECTED),
        ("未通过风控系统", ErrorCode.OUTPUT_REJECTED),
        ("服务繁忙", ErrorCode.PROVIDER_ERROR),
    ],
)
def test_failed_task_is_understood_in_chinese(reason: str, code: ErrorCode) -> None:
    assert (kling.failure(reason).code, higgsfield.failure(TaskStatus.FAILED, reason).code) == (code, code)


@pytest.mark.parametrize(
    "message",
    [
        "body.image_url: Field required",
        "image_url is required",
        "multi_prompt is required when multi_shots is true",
        "prompt can not be empty",
        "缺少参数 image_url",
    ],
)
def test_missing_field_is_our_defect_and_never_an_unusable_image(message: str) -> None:
    of_kling = kling.refusal(KlingResponse(http_status=400, code=1200, message=message), KLING_IMAGE)
    of_higgsfield = higgsfield.refusal(HiggsfieldResponse(http_status=422, body={}, message=message), HIGGSFIELD_IMAGE)

    for error in (of_kling, of_higgsfield):
        assert isinstance(error, Refused)
        assert error.failure.code == ErrorCode.PROVIDER_ERROR
        assert "An error on our side" in error.failure.message


@pytest.mark.parametrize("message", ["Image is too small: 300 pixels are required to continue", "The image is broken"])
def test_unusable_image_stays_one(message: str) -> None:
    of_kling, of_higgsfield = refused_by_kling(message, KLING_IMAGE), refused_by_higgsfield(message, HIGGSFIELD_IMAGE)

    assert (of_kling, of_higgsfield) == (ErrorCode.IMAGE_REJECTED, ErrorCode.IMAGE_REJECTED)
