"""Look up the model of a request: the named one, its successor, or the default."""

from dataclasses import dataclass

from keepreel.db import refused_models
from keepreel.errors import FieldError, InvalidInput
from keepreel.models import catalog
from keepreel.models.model import Flow, Model


@dataclass(frozen=True, kw_only=True)
class Selected:
    """A model, and the model that was requested instead if this one is its successor."""

    model: Model
    requested_model: str | None = None


def offered() -> dict[str, Model]:
    """Return the models that new requests may use: without those that their provider refuses today."""
    return catalog.offered(refused=refused_models.hidden())


def roles(model: Model) -> list[str]:
    """Return the roles for which the model is the default today."""
    refused = refused_models.hidden()
    return [role for role in catalog.DEFAULTS if catalog.default_model(role, refused=refused) == model]


def select(id: str, *, flow: Flow | None = None, allow_successor: bool = False) -> Selected:
    """Return the named model or, if it is not available and that is allowed, its successor for the flow.

    Raises InvalidInput.
    """
    refused = refused_models.hidden()
    if id not in catalog.offered(refused=refused) and allow_successor:
        successor = catalog.successor(id, flow=flow, refused=refused)
        if successor is not None:
            return Selected(model=successor, requested_model=id)
    return Selected(model=find_model(id, flow=flow))


def find_model(id: str, *, flow: Flow | None = None) -> Model:
    """Return an offered model. Raises InvalidInput, which names the successor or lists the offered models."""
    model = offered().get(id)
    if model is None:
        raise _unavailable(id, flow=flow)
    return model


def default_model(role: str, *, flow: Flow) -> Model:
    """Return the model of a role in `catalog.DEFAULTS`. Raises InvalidInput if none is offered."""
    model = catalog.default_model(role, flow=flow, refused=refused_models.hidden())
    if model is None:
        detail = f"The default model is no longer available. {_choices()}"
        raise InvalidInput(detail, code="model_unavailable", errors=(FieldError("/model", detail),))
    return model


def _unavailable(id: str, *, flow: Flow | None) -> InvalidInput:
    successor = catalog.successor(id, flow=flow, refused=refused_models.hidden())
    if successor is None:
        detail = f"{_reason(id)} {_choices()}"
    else:
        detail = f"{_reason(id)} Use {successor.id} ({successor.name}) instead."
    return InvalidInput(
        detail,
        code="model_unavailable",
        errors=(FieldError("/model", detail),),
        extensions={"successor": successor.id} if successor else None,
    )


def _choices() -> str:
    ids = ", ".join(offered())
    return f"Available models: {ids}." if ids else "No model is available today."


def _reason(id: str) -> str:
    model = catalog.models().get(id)
    if model is None:
        return "There is no such model."
    if catalog.is_retired(model):
        return f"{model.name} has not been available since {model.retired_on}."
    if catalog.is_switched_off(model):
        return f"{model.name} is not switched on in this deployment."
    return f"{model.name} is not available at its provider today."
