"""What may be sent to the API, as pydantic models, and what to say when something else was."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from keepreel import catalog, uploads, urls
from keepreel.catalog import Model
from keepreel.errors import FieldError, InvalidInput

LONGEST_PROMPT = 2500  # characters; Kling's limit
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

RequestT = TypeVar("RequestT", bound=BaseModel)


def _without_control_characters(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise ValueError("it must not hold control characters")
    return text


def _usable_source(source: str) -> str:
    if not uploads.names_one(source):
        if source.startswith("upload:"):
            raise ValueError("it is not the name of an upload, as POST /v1/uploads gives it")
        urls.check_public_https(source)
    return source


Prompt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROMPT),
    AfterValidator(_without_control_characters),
]


class UploadRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: Literal["image/jpeg", "image/png", "image/webp"]


class VideoRequest(BaseModel):
    """A user video as it is asked for; what is left out takes the model's first choice."""

    model_config = ConfigDict(extra="forbid", strict=True)

    prompt: Prompt
    negative_prompt: Prompt | None = None
    source_image: Annotated[str, AfterValidator(_usable_source)] | None = None
    model: str = catalog.DEFAULT_MODEL
    duration_seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None


class ChosenVideo(VideoRequest):
    """A request with nothing left open."""

    duration_seconds: int
    aspect_ratio: str
    resolution: str


class PageQuery(BaseModel):
    """The query string of a list; its values come as text."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


def page_query(parameters: Mapping[str, str] | None) -> PageQuery:
    """Raises InvalidInput; its pointers name the query's parameters."""
    try:
        return PageQuery.model_validate(dict(parameters or {}))
    except ValidationError as error:
        raise _invalid(error) from None


def parse(kind: type[RequestT], body: bytes) -> RequestT:
    """The body as a request of this kind. Raises InvalidInput, with a pointer to every field that is wrong."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error) from None


def resolve(request: VideoRequest) -> tuple[Model, ChosenVideo]:
    """The model and the request with nothing left open. Raises InvalidInput for what the model does not do."""
    model = catalog.offered().get(request.model)
    if model is None:
        detail = f"There is no such model. These work: {', '.join(catalog.offered())}."
        raise InvalidInput(detail, code="model_unavailable", errors=(FieldError("/model", detail),))
    first_choices = {
        "duration_seconds": model.durations[0],
        "aspect_ratio": model.aspect_ratios[0],
        "resolution": model.resolutions[0],
    }
    chosen = ChosenVideo.model_validate({**first_choices, **request.model_dump(exclude_none=True)})
    if errors := tuple(_unfit(model, chosen)):
        raise InvalidInput(f"{model.name} cannot make this.", errors=errors)
    return model, chosen


def idempotency_key(header: str | None) -> str | None:
    if header is not None and not re.fullmatch(r"[\x21-\x7e]{1,255}", header):
        raise InvalidInput("Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces.")
    return header


def _unfit(model: Model, request: ChosenVideo) -> list[FieldError]:
    offered = {
        "duration_seconds": model.durations,
        "aspect_ratio": model.aspect_ratios,
        "resolution": model.resolutions,
    }
    errors = [
        FieldError(f"/{name}", f"{model.name} offers {', '.join(map(str, values))}.")
        for name, values in offered.items()
        if getattr(request, name) not in values
    ]
    if request.negative_prompt and not model.negative_prompt:
        errors.append(FieldError("/negative_prompt", f"{model.name} takes no negative prompt."))
    if request.source_image and "image" not in model.flows:
        errors.append(FieldError("/source_image", f"{model.name} makes videos from text alone."))
    if not request.source_image and "text" not in model.flows:
        errors.append(FieldError("/source_image", f"{model.name} needs a source image."))
    return errors


def _invalid(error: ValidationError) -> InvalidInput:
    problems = error.errors(include_url=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return InvalidInput("The body is not JSON.", code="invalid_json")
    errors = tuple(_field_error(problem) for problem in problems)
    return InvalidInput("Some fields cannot be used as they are.", errors=errors)


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
        "literal_error": f"It must be one of {problem.get('ctx', {}).get('expected')}.",
        "model_type": "The body must be a JSON object.",
    }
    detail = wording.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    return FieldError("".join(f"/{part}" for part in path), detail[:1].upper() + detail[1:])
