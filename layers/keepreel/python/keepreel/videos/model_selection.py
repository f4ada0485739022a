"""What a model can make: the model by its id, its first choices, and what is said of a request that it cannot fit."""

from collections.abc import Mapping

from keepreel import catalog
from keepreel.catalog import Model
from keepreel.errors import FieldError, InvalidInput
from keepreel.providers import registry
from keepreel.schemas.requests import ChosenVideo, VideoRequest

_USUAL_SECONDS = 5
_UNITS = {"duration_seconds": " seconds"}


def model_named(id: str) -> Model:
    """Raises InvalidInput, which names those that work."""
    model = catalog.offered().get(id)
    if model is None:
        detail = f"There is no such model. These work: {', '.join(catalog.offered())}."
        raise InvalidInput(detail, code="model_unavailable", errors=(FieldError("/model", detail),))
    return model


def chosen(request: VideoRequest, model: Model, *, resolution: str = "") -> ChosenVideo:
    """What is left open takes five seconds and `resolution`, where the model offers them, or else its first choice."""
    first_choices = {
        "duration_seconds": _USUAL_SECONDS if _USUAL_SECONDS in model.durations else model.durations[0],
        "aspect_ratio": model.aspect_ratios[0],
        "resolution": resolution if resolution in model.resolutions else model.resolutions[0],
    }
    given = request.model_dump(include=set(first_choices), exclude_none=True)
    return ChosenVideo.model_validate(first_choices | given)


def check(model: Model, request: VideoRequest, choice: ChosenVideo, *, source_image: str | None) -> None:
    """Raises InvalidInput for what the model does not do."""
    if errors := [*_unfit(model, request, choice), *_unfit_source(model, source_image)]:
        raise InvalidInput(f"{model.name} cannot make this.", errors=tuple(errors))


def check_prompt(model: Model, final_prompt: str) -> None:
    """Raises InvalidInput if the prompt, as it will be sent, is longer than the model's provider accepts."""
    if len(final_prompt) > registry.info(model.provider).limits.max_prompt_chars:
        raise InvalidInput(_too_long(model), errors=(FieldError("/prompt", _too_long(model)),))


def _too_long(model: Model) -> str:
    return f"{model.name} takes at most {registry.info(model.provider).limits.max_prompt_chars} characters."


def _unfit(model: Model, request: VideoRequest, choice: ChosenVideo) -> list[FieldError]:
    offered: Mapping[str, tuple[object, ...]] = {
        "duration_seconds": model.durations,
        "aspect_ratio": model.aspect_ratios,
        "resolution": model.resolutions,
    }
    errors = [
        FieldError(f"/{name}", f"{model.name} offers {', '.join(map(str, values))}{_UNITS.get(name, '')}.")
        for name, values in offered.items()
        if getattr(choice, name) not in values
    ]
    if request.negative_prompt and "negative_prompt" not in model.takes:
        errors.append(FieldError("/negative_prompt", f"{model.name} takes no negative prompt."))
    if request.seed is not None and "seed" not in model.takes:
        errors.append(FieldError("/seed", f"{model.name} takes no seed."))
    return [*errors, *_over_limits(model, request)]


def _over_limits(model: Model, request: VideoRequest) -> list[FieldError]:
    """Check the provider's own limits: those of the request's fields are the loosest of all providers."""
    limits = registry.info(model.provider).limits
    errors = []
    if len(request.negative_prompt or "") > limits.max_prompt_chars:
        errors.append(FieldError("/negative_prompt", _too_long(model)))
    if request.seed is not None and limits.max_seed is not None and request.seed > limits.max_seed:
        errors.append(FieldError("/seed", f"{model.name} takes a seed from 1 to {limits.max_seed}."))
    return errors


def _unfit_source(model: Model, source_image: str | None) -> list[FieldError]:
    if source_image and "image" not in model.flows:
        return [FieldError("/source_image", f"{model.name} makes videos from text alone.")]
    if not source_image and "text" not in model.flows:
        others = ", ".join(other.id for other in catalog.offered().values() if "text" in other.flows)
        return [FieldError("/source_image", f"{model.name} needs a source image. From text alone: {others}.")]
    return []
