"""Words of a refusal: is the model gone, blocked, not for our account, or only this combination not served?

The words decide before any code, because no vendor documents the code that comes with the end of a model.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Literal

from keepreel.errors import Unavailability
from keepreel.providers.base import Job
from keepreel.providers.failure_messages import CONTENT

Meaning = Unavailability | Literal["capability"]

# In this order: the first match decides. A refused combination names its model too, so it comes first.
_PATTERNS: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    (
        "capability",
        re.compile(
            r"not supported with|(?:is|are) only supported (?:in|with|for|by|when)|not supported by the current model"
            r"|only image_tail|^model/mode/duration|only supports?\b"
        ),
    ),
    (
        Unavailability.GONE,
        re.compile(
            r"discontinu|no longer (?:available|supported|offered|served)|\bretired?\b|retirement|deprecat|sunset"
            r"|end[- ]of[- ]life|\beol\b|shut ?down|(?:been|was) removed|taken offline"
            r"|已?下线|停止服务|停用|不再支持|폐지|서비스 종료"
        ),
    ),
    (
        Unavailability.BLOCKED,
        re.compile(r"temporar|is blocked|model_blocked|maintenance|not ready|overloaded|paused"),
    ),
    (
        Unavailability.NOT_ENTITLED,
        re.compile(
            r"unauthorized access to requested resource|allow-?list|white-?list"
            r"|not (?:available|enabled|open) (?:to|for) (?:your|this|the) account|does not have access|no permission"
        ),
    ),
    (
        Unavailability.UNKNOWN_MODEL,
        re.compile(
            r"model (?:'[^']*' |\"[^\"]*\" )?(?:is )?not (?:supported|found)|model .{0,60}(?:does not|doesn't) exist"
            r"|requested resource does not exist|no such model|unknown model|no model with job_type|invalid model"
            r"|model_not_found|not a valid model|invalid .{0,20}model_name|model_name .{0,60}invalid"
        ),
    ),
)
_MODEL = re.compile(r"model|模型|모델")
_TEXT_FIELDS = ("prompt", "negative_prompt", "text")
_MIN_QUOTE_CHARS = 12  # of a part of a prompt that a message quotes
_MAX_CHARS = 1000


def meaning(message: str, body: Mapping[str, Any]) -> Meaning | None:
    """Return what a refusal's message says about the model. Words that it quotes from the request do not count.

    A content check may say that something was removed. Unless it names the model, it is not about the model.
    """
    words = _without_quotes(message[:_MAX_CHARS].lower(), [text.lower() for text in _texts(body)])
    if CONTENT.search(words) and not _MODEL.search(words):
        return None
    return next((meaning for meaning, pattern in _PATTERNS if pattern.search(words)), None)


def is_end_of_model(reason: str, job: Job) -> bool:
    """Return whether a task failed because its model has ended. Only words that name the model say so."""
    texts = [job.prompt, job.negative_prompt, *(shot.prompt for shot in job.options.shots)]
    body = {"contents": [{"text": text} for text in texts if text]}
    return _MODEL.search(reason.lower()) is not None and meaning(reason, body) == Unavailability.GONE


def _without_quotes(words: str, texts: list[str]) -> str:
    for text in texts:
        words = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", " ", words)
        while True:  # parts of the text
            match = SequenceMatcher(a=words, b=text, autojunk=False).find_longest_match()
            if match.size < _MIN_QUOTE_CHARS:
                break
            words = f"{words[: match.a]}\n{words[match.a + match.size :]}"
    return words


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a request body that people wrote, at any depth."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in _TEXT_FIELDS and isinstance(item, str) and item.strip():
                yield item.strip()
            else:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
