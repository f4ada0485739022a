"""Values that several serializers share: times, numbers, templates and generation times."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from keepreel.db.tables import Video
from keepreel.models.model import Model

if TYPE_CHECKING:  # loads pydantic, which functions that only read videos do not need
    from keepreel.prompts.resolve import ResolvedPrompt


def template(source: "Video | ResolvedPrompt") -> dict[str, Any] | None:
    return {"id": source.template, "version": whole(source.template_version)} if source.template else None


def usual_seconds(model: Model | None) -> dict[str, int] | None:
    """Return None for a model that is no longer in the catalog."""
    return None if model is None else dict(zip(("fastest", "usually"), model.usual_seconds, strict=True))


def whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def iso_time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
