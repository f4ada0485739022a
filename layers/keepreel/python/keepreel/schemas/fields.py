"""Field types of requests: pydantic types with the checks for prompts, names, source images and seeds."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, StringConstraints

from keepreel import urls
from keepreel.media import uploads
from keepreel.models import catalog

# A field has one limit for all models; videos/model_selection.py checks the provider's own limit.
_LIMITS = catalog.loosest_limits()
MAX_PROMPT_CHARS = _LIMITS.max_prompt_chars
MAX_INSTRUCTIONS_CHARS = 2500
MIN_SEED = _LIMITS.min_seed
MAX_SEED = _LIMITS.max_seed or 1
MAX_VARIATIONS = 4
MAX_SHARE_DAYS = 365
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")  # word processors and PDFs paste all of them
_PASTED_BREAKS = re.compile("[\v\f\x85\u2028\u2029]")  # breaks that a text field shows as a space or not at all
# Soft hyphen, zero-width space, word joiner, byte order mark: pasted with text, and without a meaning in a prompt.
_INVISIBLE_CHARACTERS = re.compile("[\u00ad\u200b\u2060\ufeff]")
# Bidirectional overrides, which reverse the text that follows, and tag characters, which are invisible.
_DECEPTIVE_CHARACTERS = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
# The flags of England, Scotland and Wales, which tag characters spell (Unicode's RGI_Emoji_Tag_Sequence has no others).
_TAG_FLAGS = re.compile(
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
_IMAGE_PATTERN = r"^(upload:[0-9a-f]{32}|[Hh][Tt][Tt][Pp][Ss]://\S+)$"
_BLANK_LETTERS = "\u2800\u3164\u115f\u1160\uffa0"  # letters in Unicode, but rendered as blanks

_VISIBLE = {"pattern": r"\S"}


def _clean(text: str) -> str:
    text = _INVISIBLE_CHARACTERS.sub("", _LINE_BREAKS.sub("\n", text)).strip()
    return _checked(text)


def _checked(text: str) -> str:
    if _CONTROL_CHARACTERS.search(text):
        raise ValueError("it must not contain control characters")
    if _DECEPTIVE_CHARACTERS.search(_TAG_FLAGS.sub("", text)):
        raise ValueError("it must not contain characters that hide or reverse text")
    if not any(unicodedata.category(it)[0] not in "CZM" and it not in _BLANK_LETTERS for it in text):
        raise ValueError("it must contain visible text")
    return text


def _clean_line(text: str) -> str:
    """Return a name or symbol. Invisible characters are refused, so that two names that look equal are equal."""
    text = _PASTED_BREAKS.sub(" ", text).strip()
    if any(it in text for it in "\n\r\t"):
        raise ValueError("it must be a single line")
    text = _checked(text)
    if any(unicodedata.category(it) == "Cf" and it not in "\u200c\u200d" for it in _TAG_FLAGS.sub("", text)):
        raise ValueError("it must not contain invisible characters")
    return text


def _upload_name(source: str) -> str:
    if not uploads.is_upload(source):
        raise ValueError("it is not an upload from POST /v1/uploads")
    return source


def _upload_or_url(source: str) -> str:
    return _upload_name(source) if source.startswith("upload:") else urls.check_public_https(source)


def _without_nulls(variables: object) -> object:
    """Leave out variables that are null, which is the default of a variable that a template does not require."""
    if not isinstance(variables, dict):
        return variables
    return {name: value for name, value in variables.items() if value is not None}


Prompt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT_CHARS),
    AfterValidator(_clean),
    Field(json_schema_extra=_VISIBLE),
]
Instructions = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_INSTRUCTIONS_CHARS),
    AfterValidator(_clean),
    Field(json_schema_extra=_VISIBLE),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_clean_line),
    Field(json_schema_extra=_VISIBLE),
]
Symbol = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=16),
    AfterValidator(_clean_line),
    Field(json_schema_extra=_VISIBLE),
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
UploadName = Annotated[str, AfterValidator(_upload_name), Field(json_schema_extra={"pattern": "^upload:[0-9a-f]{32}$"})]
# What a JSON schema can say about the text; the field's description says the rest.
ImageSource = Annotated[
    str,
    AfterValidator(_upload_or_url),
    Field(json_schema_extra={"pattern": _IMAGE_PATTERN, "maxLength": urls.MAX_URL_CHARS}),
]
# Responses call this field `source_image_url`, so that a video's fields can be sent again unchanged.
SourceImage = Annotated[
    ImageSource | None,
    Field(validation_alias=AliasChoices("source_image", "source_image_url")),
]
Seed = Annotated[int, Field(ge=MIN_SEED, le=MAX_SEED)]
Variations = Annotated[int, Field(ge=1, le=MAX_VARIATIONS)]
BotVideoType = Literal["intro", "promo", "token_reveal", "custom"]
Variables = Annotated[
    dict[Name, Prompt], BeforeValidator(_without_nulls, json_schema_input_type=dict[Name, Prompt | None])
]
