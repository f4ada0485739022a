"""What a model can make: the model by its id, its first choices, and what is said of a request that it cannot fit."""

from collections.abc import Mapping

from keepreel import catalog
from keepreel.catalog import Model
from keepreel.errors import FieldError, InvalidInput
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
    return errors


def _unfit_source(model: Model, source_image: str | None) -> list[FieldError]:
    if source_image and "image" not in model.flows:
        return [FieldError("/source_image", f"{model.name} makes videos from text alone.")]
    if not source_image and "text" not in model.flows:
        others = ", ".join(other.id for other in catalog.offered().values() if "text" in other.flows)
        return [FieldError("/source_image", f"{model.name} needs a source image. From text alone: {others}.")]
    return []
