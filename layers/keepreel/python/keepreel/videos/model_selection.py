"""Select a model, fill in its defaults, and check that it supports the request."""

from collections.abc import Mapping

from keepreel.errors import FieldError, InvalidInput
from keepreel.models import catalog
from keepreel.models.model import Flow, Model
from keepreel.schemas.requests import VideoFormat, VideoRequest

_DEFAULT_SECONDS = 5
_UNITS = {"duration_seconds": " seconds"}


def find_model(id: str) -> Model:
    """Return an offered model. Raises InvalidInput, which names the successor or lists the offered models."""
    model = catalog.offered().get(id)
    if model is None:
        detail = _not_offered(id)
        raise InvalidInput(detail, code="model_unavailable", errors=(FieldError("/model", detail),))
    return model


def default_model(role: str, *, flow: Flow) -> Model:
    """Return the model of a role in `catalog.DEFAULTS`. Raises InvalidInput if none is offered."""
    model = catalog.default_model(role, flow=flow)
    if model is None:
        detail = f"The default model is no longer available. Choose one of {', '.join(catalog.offered())}."
        raise InvalidInput(detail, code="model_unavailable", errors=(FieldError("/model", detail),))
    return model


def _not_offered(id: str) -> str:
    successor = catalog.successor(id)
    if successor is None:
        return f"There is no such model. Available models: {', '.join(catalog.offered())}."
    model = catalog.models()[id]
    when = f" since {model.retired_on}" if model.retired_on else ""
    return f"{model.name} is not available{when}. Use {successor.id} ({successor.name}) instead."


def with_defaults(request: VideoRequest, model: Model, *, resolution: str = "") -> VideoFormat:
    """Return the request's format. Missing values become five seconds and `resolution`, or the model's first option."""
    defaults = {
        "duration_seconds": _DEFAULT_SECONDS if _DEFAULT_SECONDS in model.durations else model.durations[0],
        "aspect_ratio": model.aspect_ratios[0],
        "resolution": resolution if resolution in model.resolutions else model.resolutions[0],
    }
    given = request.model_dump(include=set(defaults), exclude_none=True)
    return VideoFormat.model_validate(defaults | given)


def validate(model: Model, request: VideoRequest, format: VideoFormat, *, source_image: str | None) -> None:
    """Raise InvalidInput if the model does not support the request."""
    errors = [
        *_violations(model, request, format),
        *_limit_violations(model, request),
        *_source_violations(model, source_image),
    ]
    if errors:
        raise InvalidInput(f"{model.name} does not support this request.", errors=tuple(errors))


def validate_prompt(model: Model, final_prompt: str) -> None:
    """Raise InvalidInput if the prompt, as it will be sent, is longer than the model's provider accepts."""
    if len(final_prompt) > model.limits.max_prompt_chars:
        raise InvalidInput(_too_long(model), errors=(FieldError("/prompt", _too_long(model)),))


def _violations(model: Model, request: VideoRequest, format: VideoFormat) -> list[FieldError]:
    offered: Mapping[str, tuple[object, ...]] = {
        "duration_seconds": model.durations,
        "aspect_ratio": model.aspect_ratios,
        "resolution": model.resolutions,
    }
    errors = [
        FieldError(f"/{name}", f"{model.name} offers {', '.join(map(str, values))}{_UNITS.get(name, '')}.")
        for name, values in offered.items()
        if getattr(format, name) not in values
    ]
    if request.negative_prompt and "negative_prompt" not in model.options:
        errors.append(FieldError("/negative_prompt", f"{model.name} does not support a negative prompt."))
    if request.seed is not None and "seed" not in model.options:
        errors.append(FieldError("/seed", f"{model.name} does not support a seed."))
    return errors


def _limit_violations(model: Model, request: VideoRequest) -> list[FieldError]:
    """Check the limits of the model's provider. The request's own fields allow the loosest limits of all providers."""
    limits = model.limits
    errors = []
    if len(request.negative_prompt or "") > limits.max_prompt_chars:
        errors.append(FieldError("/negative_prompt", _too_long(model)))
    if request.seed is not None and "seed" in model.options and request.seed > (limits.max_seed or 0):
        errors.append(FieldError("/seed", f"{model.name} accepts seeds from 1 to {limits.max_seed or 0}."))
    return errors


def _source_violations(model: Model, source_image: str | None) -> list[FieldError]:
    if source_image and "image" not in model.flows:
        return [FieldError("/source_image", f"{model.name} generates videos from text only.")]
    if not source_image and "text" not in model.flows:
        text_models = ", ".join(other.id for other in catalog.offered().values() if "text" in other.flows)
        detail = f"{model.name} needs a source image. Models that do not: {text_models}."
        return [FieldError("/source_image", detail)]
    return []


def _too_long(model: Model) -> str:
    return f"{model.name} accepts at most {model.limits.max_prompt_chars} characters."
