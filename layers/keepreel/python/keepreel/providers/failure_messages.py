"""Failure messages that all providers share, and the patterns that find the cause in a provider's own text."""

import re
from collections.abc import Callable
from dataclasses import replace

from keepreel.errors import ErrorCode, Failure, Unavailability
from keepreel.models import catalog
from keepreel.models.model import Flow, Model
from keepreel.providers import registry

# Words of a content check in Chinese (both scripts), Japanese and Korean, in which vendors answer, too. They have no
# other meaning in a response about a request.
_FOREIGN_CONTENT = (
    "违规|违禁|违法|违反|敏感|不合规|审核|风控|色情|涉黄|涉政|暴恐|血腥|[内內]容政策|違規|違禁|違反|違法|審核|風控"
    "|不適切|ポリシー|センシティブ|有害|부적절|위반|민감|유해|정책"
)
FOREIGN_CONTENT = re.compile(_FOREIGN_CONTENT)
CONTENT = re.compile(
    r"risk|policy|policies|sensitiv|content(?!.(type|length))|moderat|violat|nsfw|inappropriate|prohibit|unsafe|"
    + _FOREIGN_CONTENT
)
# 内容违规 ("content against the rules") without a word about the image or the result is about the words.
PROMPT = re.compile(
    r"\b(prompts?|texts?)\b|提示词|提示詞|文本|文案|敏感词|敏感詞|违禁词|違禁詞|(?<![成频頻片像面])[内內]容[违違][规規]"
    r"|プロンプト|テキスト|프롬프트|텍스트"
)
IMAGE = re.compile(
    r"\b(images?|image_url|pictures?|photos?|first.frame)\b|图片|圖片|图像|圖像|照片|首帧|首幀|尾帧|尾幀|画像|이미지|사진"
)
# A field that we did not send: our defect, not the image's or the prompt's.
MISSING = re.compile(
    r"\b(field|is|are) required\b(?! to)|\bmissing (required|field|param|value)"
    r"|\b(url|field|parameter|prompt) is missing\b"
    r"|\b(must not|can ?not|can't) be (empty|null|blank)\b|缺少|不能为空|不能為空|必填"
)


def input_rejected(reason: str, *, title: str, is_from_image: bool) -> Failure:
    """A request that violates the content rules. Only the reason's words can tell the prompt from the image."""
    if not is_from_image or PROMPT.search(reason):
        return _prompt_rejected(title)
    return _image_rejected(title) if IMAGE.search(reason) else _prompt_or_image_rejected(title)


def content_check_failed(reason: str, *, title: str) -> Failure:
    """A task that the content check ended: because of the prompt or the image if the reason says so, else the video."""
    if PROMPT.search(reason):
        return _prompt_rejected(title)
    return _image_rejected(title) if IMAGE.search(reason) else output_rejected(title)


def refused_model(
    provider: str, *, kind: Unavailability, is_from_image: bool, is_refused: Callable[[Model], bool]
) -> Failure:
    """The provider does not serve the model. Names the successor of the models for which `is_refused` is true."""
    flow: Flow = "image" if is_from_image else "text"
    refused = [model.id for model in catalog.models().values() if model.provider == provider and is_refused(model)]
    successors = (catalog.successor(id, flow=flow, refused=refused) for id in refused)
    return model_unavailable(provider, kind=kind, successor=next((it for it in successors if it is not None), None))


def ended_model(model: Model, *, is_from_image: bool) -> Failure:
    """A task failed because its model has ended. It may have been charged."""
    successor = catalog.successor(model.id, flow="image" if is_from_image else "text")
    failure = model_unavailable(model.provider, kind=Unavailability.GONE, successor=successor)
    return replace(failure, message=failure.message.replace("; nothing was charged", ""))


def model_unavailable(provider: str, *, kind: Unavailability, successor: Model | None) -> Failure:
    title = registry.info(provider).title
    has_ended = kind == Unavailability.GONE
    reason = f"{title} has ended this model" if has_ended else f"{title} does not offer this model to our account"
    advice = f"Choose {successor.name} ({successor.id})" if successor else "Choose another model"
    return Failure(code=ErrorCode.MODEL_UNAVAILABLE, message=f"{reason}. {advice}; nothing was charged.")


def combination_not_served(title: str) -> Failure:
    """A rule between options that the catalog's row lacks."""
    return Failure(
        code=ErrorCode.PROVIDER_ERROR,
        message=f"{title} does not offer this combination of options with this model. "
        "Change the length, the resolution or an option, or choose another model; nothing was charged.",
    )


def output_rejected(title: str) -> Failure:
    return Failure(
        code=ErrorCode.OUTPUT_REJECTED,
        message=f"{title}'s content check blocked this video. Change the prompt or the image, then try again.",
    )


def malformed(title: str) -> Failure:
    """A request that lacks a field. Neither the prompt nor the image can be at fault."""
    return Failure(
        code=ErrorCode.PROVIDER_ERROR,
        message=f"An error on our side: the request to {title} was incomplete. Nothing was charged. "
        "Choose another model, or try again later.",
    )


def not_accepted(title: str) -> Failure:
    return Failure(
        code=ErrorCode.PROVIDER_ERROR,
        message=f"{title} did not accept this request. Change the prompt or choose another model; nothing was charged.",
    )


def _prompt_rejected(title: str) -> Failure:
    return Failure(
        code=ErrorCode.PROMPT_REJECTED,
        message=f"{title}'s content rules do not allow this prompt. Change the prompt and try again.",
    )


def _image_rejected(title: str) -> Failure:
    return Failure(
        code=ErrorCode.IMAGE_REJECTED,
        message=f"{title}'s content rules do not allow this image. Choose another image and try again.",
    )


def _prompt_or_image_rejected(title: str) -> Failure:
    return Failure(
        code=ErrorCode.PROMPT_REJECTED,
        message=f"{title}'s content rules do not allow the prompt or the image. Change the prompt or the image.",
    )
