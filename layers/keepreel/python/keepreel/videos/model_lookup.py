"""Look up the model of a request: the named one, its successor, or the default."""

from dataclasses import dataclass

from keepreel.errors import FieldError, InvalidInput
from keepreel.models import catalog
from keepreel.models.model import Flow, Model


@dataclass(frozen=True, kw_only=True)
class Selected:
    """A model, and the model that was requested instead if this one is its successor."""

    model: Model
    requested_model: str | None = None


def select(id: str, *, flow: Flow | None = None, allow_successor: bool = False) -> Selected:
    """Return the named model or, if it is not available and that is allowed, its successor for the flow.

    Raises InvalidInput.
    """
    if id not in catalog.offered() and allow_successor:
        successor = catalog.successor(id, flow=flow)
        if successor is not None:
            return Selected(model=successor, requested_model=id)
    return Selected(model=find_model(id))


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
