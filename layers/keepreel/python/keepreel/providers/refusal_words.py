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

_ENDED = (
    r"discontinu|no longer (?:available|supported|offered|served|in service)|\bretired?\b|retirement|deprecat|sunset"
    r"|end[- ]of[- ]life|\beol\b|shut[- ]?down|(?:been|was) (?:removed|withdrawn)|taken offline|obsolete|decommission"
)
_ENDED_ABROAD = (
    r"已经?下[线線架]|下线|停止服[务務]|停用|不再(?:支[持援]|提供|可用)|[废廢][弃棄]|提供終了|廃止|サポートを?終了|利用できなくな"
    r"|폐지|서비스 종료|더 이상 (?:사용|지원|제공)"
    r"|mod[eè]l\w*.{0,60}(?:ya no está|n'est plus|nicht mehr|não está mais|eingestellt)|модел.{0,60}больше не"
)
# A part of a request that a model may lose while the model itself stays.
_PART = (
    r"\b(?:parameters?|fields?|options?|arguments?|settings?|modes?|durations?|resolutions?|aspect.?ratios?|4k"
    r"|negative.?prompts?|cfg.?scale|camera.?(?:control|movement)|image.?tail|(?:first|last|end).?frames?|sound|audio"
    r"|voices?|elements?|watermark|seeds?|motions?|multi.?(?:shot|prompt)s?|callback.?url)\b"
)
_IMAGE = r"\b(?:images?(?:[ _](?:urls?|list|files?))?|pictures?|photos?|urls?|links?|files?|uploads?)\b(?!.to.video)"
_OF_A_MODEL = r"(?:for|of|in|by|on|with|at) (?:this |the )?(?:model )?\S+"

# In this order: the first match decides. A refused combination names its model too, so it comes first.
_PATTERNS: tuple[tuple[Meaning | None, re.Pattern[str]], ...] = (
    (None, re.compile(rf"{_IMAGE}(?:(?!model|kling)[^.;])" + "{0,60}?(?:temporar|" + _ENDED + ")")),
    (
        "capability",
        re.compile(
            r"not supported with|(?:is|are) only supported (?:in|with|for|by|when)|not supported by the current model"
            r"|only image_tail|^model/mode/duration|only supports?\b"
            rf"|{_PART}(?:{_OF_A_MODEL}|(?!model|kling)[^.;])" + "{0,60}?(?:" + _ENDED + ")"
            r"|不再支[持援][^\s的，。,.!！;；]"
        ),
    ),
    (
        Unavailability.GONE,
        re.compile(f"{_ENDED}|{_ENDED_ABROAD}"),
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
            r"|模型.{0,40}不存在|不存在.{0,6}模型|モデル.{0,40}(?:存在しません|見つかりません)|존재하지 않는 모델"
        ),
    ),
)
# The model that generates videos, not one that checks content.
_MODEL = re.compile(
    r"(?<!moderation )(?<!safety )(?<!review )(?<!filter )(?<!审核)(?<!審核)(?<!风控)(?<!風控)"
    r"(?:mod[eè]l|模型|모델|モデル|модел)"
)
_URL = re.compile(r"https?://\S+")
_TEXT_FIELDS = ("prompt", "negative_prompt", "text")
_MIN_QUOTE_CHARS = 12  # of a part of a prompt that a message quotes
_MIN_CJK_QUOTE_CHARS = 4  # a Chinese, Japanese or Korean word has few characters
_CJK = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]{4}")
_MAX_CHARS = 1000


def meaning(message: str, body: Mapping[str, Any]) -> Meaning | None:
    """Return what a refusal's message says about the model. Words that it quotes from the request do not count.

    A content check may say that something was removed. Unless it names the model, it is not about the model.
    """
    words = _own_words(message, body)
    if CONTENT.search(words) and not _MODEL.search(words):
        return None
    return next((meaning for meaning, pattern in _PATTERNS if pattern.search(words)), None)


def names_the_model(message: str, body: Mapping[str, Any]) -> bool:
    """Return whether a refusal's message speaks of the model, in words that it does not quote from the request."""
    return _MODEL.search(_own_words(message, body)) is not None


def is_end_of_model(reason: str, job: Job) -> bool:
    """Return whether a task failed because its model has ended. Only words that name the model say so."""
    texts = [job.prompt, job.negative_prompt, *(shot.prompt for shot in job.options.shots)]
    body = {"contents": [{"text": text} for text in texts if text]}
    return _MODEL.search(reason.lower()) is not None and meaning(reason, body) == Unavailability.GONE


def _own_words(message: str, body: Mapping[str, Any]) -> str:
    """Return the message in lower case and one line, without URLs and what it quotes from the request."""
    texts = [_in_one_line(text) for text in _texts(body)]
    return _without_quotes(_in_one_line(_URL.sub(" ", message[:_MAX_CHARS])), texts)


def _in_one_line(text: str) -> str:
    return " ".join(text.lower().split())


def _without_quotes(words: str, texts: list[str]) -> str:
    for text in texts:
        words = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", " ", words)
        while True:  # parts of the text
            match = SequenceMatcher(a=words, b=text, autojunk=False).find_longest_match()
            quote = text[match.b : match.b + match.size]
            if match.size < (_MIN_CJK_QUOTE_CHARS if _CJK.search(quote) else _MIN_QUOTE_CHARS):
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
