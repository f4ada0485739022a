"""What may be sent to the API, as pydantic models, and what to say when something else was."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from keepreel import urls
from keepreel.errors import FieldError, InvalidInput
from keepreel.media import uploads

LONGEST_PROMPT = 2500  # characters; Kling's limit
MOST_VARIATIONS = 4
MOST_SHARED_DAYS = 365
HIGHEST_SEED = 1_000_000  # Higgsfield's
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What turns the text after it round, and tags, which nobody sees.
_DECEPTIVE = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_BLANK = "\u2800\u3164\u115f\u1160\uffa0"  # letters, as Unicode has it, that are drawn as nothing

RequestT = TypeVar("RequestT", bound=BaseModel)


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise ValueError("it must not hold control characters")
    if _DECEPTIVE.search(text):
        raise ValueError("it must not hold characters that hide or turn round what follows")
    if not any(unicodedata.category(it)[0] not in "CZM" and it not in _BLANK for it in text):
        raise ValueError("there must be something to read in it")
    return text


def _clean_line(text: str) -> str:
    text = _clean(text)
    if len(text.splitlines()) > 1 or "\t" in text:
        raise ValueError("it must be one line")
    if any(unicodedata.category(it) == "Cf" and it not in "\u200c\u200d" for it in text):
        raise ValueError("it must not hold invisible characters")
    return text


def _upload(source: str) -> str:
    if not uploads.names_one(source):
        raise ValueError("it is not the name of an upload, as POST /v1/uploads gives it")
    return source


def _usable_source(source: str) -> str:
    return _upload(source) if source.startswith("upload:") else urls.check_public_https(source)


Prompt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROMPT),
    AfterValidator(_clean),
]


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_clean_line),
]
Symbol = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=16),
    AfterValidator(_clean_line),
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


# The answer shows it as `source_image_url`, and what was answered may be sent again.
Source = Annotated[
    Annotated[str, AfterValidator(_usable_source)] | None,
    Field(validation_alias=AliasChoices("source_image", "source_image_url")),
]
Seed = Annotated[int, Field(ge=1, le=HIGHEST_SEED)]
Variations = Annotated[int, Field(ge=1, le=MOST_VARIATIONS)]
BotVideoType = Literal["intro", "promo", "token_reveal", "custom"]


def _truth(said: object) -> bool:
    """In a query string, where pydantic would take `yes`, `on` and `1` too."""
    if said not in ("true", "false"):
        raise PydanticCustomError("bool_type", "it must be true or false")
    return said == "true"


Truth = Annotated[bool, BeforeValidator(_truth)]


def _not_both_names(said: object) -> object:
    if isinstance(said, dict) and {"source_image", "source_image_url"} <= said.keys():
        raise PydanticCustomError("both_names", "It is another name of source_image; send one of them.")
    return said


class UploadRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: Literal["image/jpeg", "image/png", "image/webp"]


class _Choices(BaseModel):
    """What any request for a video may choose."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
    _one_name = model_validator(mode="before")(_not_both_names)

    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    source_image: Source = None
    model: str | None = None
    duration_seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    seed: Seed | None = None
    variations: Variations = 1
    dry_run: bool = False


class VideoRequest(_Choices):
    """What every video may be asked for with; what is left out takes the model's first choice."""

    template: Name | None = None
    variables: dict[Name, Prompt] = {}


class BotVideoRequest(VideoRequest):
    """A community's video. Only `custom` takes a prompt; the other types build theirs from the community's data."""

    type: BotVideoType


class ChosenVideo(BaseModel):
    """The part of a request that its model decides on, with nothing left open."""

    duration_seconds: int
    aspect_ratio: str
    resolution: str


class CommunityRequest(BaseModel):
    """A community whole: what is left out is empty from then on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Line
    agent_name: Line | None = None
    agent_instructions: Prompt | None = None
    avatar: Annotated[str, AfterValidator(_upload)] | None = None
    token_name: Line | None = None
    token_symbol: Symbol | None = None


class PromptQuery(BaseModel):
    """The query string of a prompt's preview: what the prompt depends on of the request that it is a preview of."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["intro", "promo", "token_reveal"]  # a custom prompt is sent as it is written
    model: str | None = None
    source_image: Source = None


class ShareRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    expires_in_days: Annotated[int, Field(ge=1, le=MOST_SHARED_DAYS)] | None = None


class RemixRequest(_Choices):
    """What shall be different; what is left out stays as it was, where the model allows.

    Null is "without it" for the source image, the negative prompt and the seed, and as it was for the rest.
    """


class PageQuery(BaseModel):
    """The query string of a list; its values come as text."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


class ListQuery(PageQuery):
    """The query string of a list of videos."""

    status: Literal["queued", "processing", "saving", "completed", "failed", "canceled", "delayed"] | None = None
    type: Literal["user", "intro", "promo", "token_reveal", "custom"] | None = None
    model: Annotated[str, StringConstraints(max_length=100)] | None = None


class DownloadQuery(BaseModel):
    """The query string of a download."""

    model_config = ConfigDict(extra="forbid")

    variant: Literal["video", "thumbnail"] = "video"
    redirect: Truth = True  # false for a page's script, which cannot see where a redirect leads


def query(kind: type[RequestT], parameters: Mapping[str, str] | None) -> RequestT:
    """A query string as a request of this kind. Raises InvalidInput; its pointers name the parameters."""
    try:
        return kind.model_validate(dict(parameters or {}))
    except ValidationError as error:
        raise _invalid(error) from None


def parse(kind: type[RequestT], body: bytes) -> RequestT:
    """The body as a request of this kind. Raises InvalidInput, with a pointer to every field that is wrong."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error) from None


def idempotency_key(header: str | None) -> str | None:
    if header is not None and not re.fullmatch(r"[\x21-\x7e]{1,255}", header):
        raise InvalidInput("Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces.")
    return header


def _invalid(error: ValidationError) -> InvalidInput:
    problems = error.errors(include_url=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return InvalidInput("The body is not JSON.", code="invalid_json")
    errors = tuple(_field_error(problem) for problem in problems)
    return InvalidInput("Some fields cannot be used as they are.", errors=errors)


def _range(problem: ErrorDetails) -> str:
    limits = {
        "seed": f"1 to {HIGHEST_SEED}",
        "variations": f"1 to {MOST_VARIATIONS}",
        "limit": "1 to 100",
        "expires_in_days": f"1 to {MOST_SHARED_DAYS}",
    }
    return f"It must be a whole number from {limits.get(''.join(map(str, problem['loc'])))}."


def _field_error(problem: ErrorDetails) -> FieldError:
    """In words for a person; `loc` becomes a JSON pointer (RFC 6901)."""
    path = (str(part).replace("~", "~0").replace("/", "~1") for part in problem["loc"])
    wording = {
        "missing": "This field is required.",
        "extra_forbidden": "There is no such field.",
        "string_too_short": "It must not be empty.",
        "string_too_long": f"It must not be longer than {problem.get('ctx', {}).get('max_length')} characters.",
        "string_type": "It must be text.",
        "int_type": "It must be a whole number.",
        "int_parsing": "It must be a whole number.",
        "greater_than_equal": _range(problem),
        "less_than_equal": _range(problem),
        "string_pattern_mismatch": "It must be of lower-case letters, digits, - and _, at most 64, a letter first.",
        "bool_type": "It must be true or false.",
        "literal_error": f"It must be one of {problem.get('ctx', {}).get('expected')}.",
        "model_type": "The body must be a JSON object.",
    }
    detail = wording.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    if problem["type"] == "both_names":
        return FieldError("/source_image_url", detail)
    detail = detail if detail.endswith(".") else f"{detail}."
    return FieldError("".join(f"/{part}" for part in path), detail[:1].upper() + detail[1:])
