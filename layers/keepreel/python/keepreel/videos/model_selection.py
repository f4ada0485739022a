"""Check that a model supports a request, before anything is spent. All violations are reported at once."""

from collections.abc import Iterator, Sequence

from keepreel.errors import FieldError, InvalidInput
from keepreel.models import rules, wording
from keepreel.models.model import Flow, Model
from keepreel.models.options import Shot, shots_text
from keepreel.videos import model_lookup
from keepreel.videos.options import Asked, Filled


def violations(model: Model, asked: Asked, filled: Filled, *, source_image: str | None) -> list[FieldError]:
    """Return every reason why the model does not support the request, at most one per field and rule."""
    alone: dict[str, FieldError] = {}
    for error in _single_violations(model, asked, filled, source_image=source_image):
        alone.setdefault(error.pointer, error)
    wrong = {pointer.split("/")[1] for pointer in alone}
    wrong |= {"flow"} if "source_image" in wrong else set()
    return [*alone.values(), *rules.rule_violations(model, filled.values, sent=asked.sent, wrong=wrong)]


def prompt_violations(model: Model, final_prompt: str, *, flow: Flow, shots: Sequence[Shot]) -> list[FieldError]:
    """Return an error if the prompt, as it will be sent, is longer than the model's provider accepts."""
    limit = model.limits.prompt_chars(flow)
    if not shots:
        return [FieldError("/prompt", wording.too_long(model, limit))] if len(final_prompt) > limit else []
    option = model.options.get("shots")
    if option is None or not option.is_joined or len(shots_text(shots)) <= limit:
        return []
    return [FieldError("/shots", f"{model.name} accepts at most {limit} characters in all shots together.")]


def require_none(model: Model, errors: Sequence[FieldError]) -> None:
    """Raise InvalidInput if there are errors."""
    if errors:
        raise InvalidInput(f"{model.name} does not support this request.", errors=tuple(errors))


def _single_violations(model: Model, asked: Asked, filled: Filled, *, source_image: str | None) -> Iterator[FieldError]:
    """Yield the violations of each field on its own."""
    yield from _format_violations(model, asked, filled)
    yield from _source_violations(model, source_image)
    if filled.options.end_image is not None and not source_image:
        yield FieldError("/end_image", "An end image needs a source image.")
    flow = "image" if source_image else "text"
    others = [it for it in model_lookup.offered().values() if flow in it.flows]
    given = {**vars(filled.options), "negative_prompt": filled.negative_prompt, "seed": filled.seed}
    for name, value in given.items():
        if value is not None and value != ():
            yield from rules.option_violations(model, name, value, others=others)
    yield from rules.missing_options(model, filled.values)


def _source_violations(model: Model, source_image: str | None) -> list[FieldError]:
    if source_image and "image" not in model.flows:
        return [FieldError("/source_image", f"{model.name} generates videos from text only.")]
    if not source_image and "text" not in model.flows:
        return [FieldError("/source_image", wording.needs_source(model, model_lookup.offered().values()))]
    return []


def _format_violations(model: Model, asked: Asked, filled: Filled) -> Iterator[FieldError]:
    """Yield the violations of the format. With shots, the length that was not sent is the sum of theirs."""
    total = sum(shot.duration_seconds for shot in filled.options.shots)
    by_shots = bool(total) and "duration_seconds" not in asked.sent
    for error in rules.format_violations(model, filled.values):
        if by_shots and error.pointer == "/duration_seconds":
            yield FieldError("/shots", f"The shots add up to {total} seconds. {error.detail}")
        else:
            yield error
    seconds = filled.format.duration_seconds
    if total and total != seconds:
        field = "shots" if "shots" in asked.sent else "duration_seconds"
        detail = (
            f"The shots add up to {total} seconds, but duration_seconds is {seconds}. Leave it out or make it equal."
        )
        yield FieldError(f"/{field}", detail)
