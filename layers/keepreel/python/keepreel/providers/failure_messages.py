"""Whom a provider's own words blame, and what a person is told then; `provider` is its name in a sentence."""

import re
from collections.abc import Callable

from keepreel import catalog
from keepreel.catalog import Model
from keepreel.errors import ErrorCode, Failure

CONTENT = re.compile(
    r"risk|policy|policies|sensitiv|content(?!.(type|length))|moderat|violat|nsfw|inappropriate|prohibit|unsafe"
)
PROMPT = re.compile(r"\b(prompts?|texts?)\b")
IMAGE = re.compile(r"\b(images?|image_url|pictures?|photos?|first.frame)\b")


def against_rules(words: str, *, provider: str, is_from_image: bool) -> Failure:
    """What was sent is against the content rules; of prompt and image only the words may say which."""
    if not is_from_image or PROMPT.search(words):
        return _prompt_rejected(provider)
    return _image_rejected(provider) if IMAGE.search(words) else _input_rejected(provider)


def withheld(words: str, *, provider: str) -> Failure:
    """A task ended by the content check: of what was sent, if the words say so, else of what was made."""
    if PROMPT.search(words):
        return _prompt_rejected(provider)
    return _image_rejected(provider) if IMAGE.search(words) else output_rejected(provider)


def model_unavailable(*, provider: str, is_from_image: bool, is_refused: Callable[[Model], bool]) -> Failure:
    """The account lacks the model. Names the provider's others that make the same kind of video, or else anybody's."""
    flow = "image" if is_from_image else "text"
    others = [model for model in catalog.offered().values() if flow in model.flows and not is_refused(model)]
    near = [model for model in others if model.provider == provider.lower()]
    names = [f"{model.name} ({model.id})" for model in near or others]
    advice = f"Choose {_listed(names)}" if names else "Choose another model"
    return Failure(
        code=ErrorCode.MODEL_UNAVAILABLE,
        message=f"{provider} does not offer this model to our account. {advice}; nothing was charged.",
    )


def output_rejected(provider: str) -> Failure:
    return Failure(
        code=ErrorCode.OUTPUT_REJECTED,
        message=f"{provider}'s content check withheld this video. "
        "Reword the prompt or choose another image, then try again.",
    )


def not_accepted(provider: str) -> Failure:
    return Failure(
        code=ErrorCode.PROVIDER_ERROR,
        message=f"{provider} did not accept this request. "
        "Change the prompt or choose another model; nothing was charged.",
    )


def _prompt_rejected(provider: str) -> Failure:
    return Failure(
        code=ErrorCode.PROMPT_REJECTED,
        message=f"{provider}'s content rules do not allow this prompt. Reword it and try again.",
    )


def _image_rejected(provider: str) -> Failure:
    return Failure(
        code=ErrorCode.IMAGE_REJECTED,
        message=f"{provider}'s content rules do not allow this image. Choose another image and try again.",
    )


def _input_rejected(provider: str) -> Failure:
    return Failure(
        code=ErrorCode.PROMPT_REJECTED,
        message=f"{provider}'s content rules do not allow the prompt or the image. "
        "Reword the prompt, or choose another image.",
    )


def _listed(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
