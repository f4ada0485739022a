"""Model catalog: read the rows of catalog.toml, and tell which models are offered today."""

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from keepreel.models.model import Flow, Limits, Model, Option, Price, Rule
from keepreel.settings import extra_models, settings

# The owner's models. A default that its vendor has retired moves on to its successor.
DEFAULT_MODEL = "kling-v2-1"
DEFAULT_BOT_MODEL = "higgsfield/realistic-vision-v5"
DEFAULT_BOT_TEXT_MODEL = "kling-2.5-turbo"  # for communities without an avatar
DEFAULTS = {"user": DEFAULT_MODEL, "bot": DEFAULT_BOT_MODEL, "bot_without_image": DEFAULT_BOT_TEXT_MODEL}
BOT_RESOLUTION = "1080p"  # if the model offers it
_FALLBACK_SECONDS = 45


@lru_cache(maxsize=1)
def models() -> dict[str, Model]:
    """Return every model by id, in the file's order: also those that are retired or switched off."""
    text = (resources.files("keepreel.models") / "catalog.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    rows = document["models"]
    return {id: _model(id, _merged(id, rows), document["providers"]) for id in rows}


def is_retired(model: Model, *, today: date | None = None) -> bool:
    """Return whether the vendor has ended the model by today (UTC)."""
    return model.retired_on is not None and model.retired_on <= (today or datetime.now(UTC).date())


def is_switched_off(model: Model) -> bool:
    """Return whether the model is off by default, and this deployment has not switched it on."""
    return model.switched_off and model.id not in extra_models()


def offered(*, refused: Collection[str] = ()) -> dict[str, Model]:
    """Return the models that new requests may use. `refused` has the ids that their provider refuses today."""
    return {
        id: model
        for id, model in models().items()
        if id not in refused and not is_retired(model) and not is_switched_off(model)
    }


def successor(id: str, *, flow: Flow | None = None, refused: Collection[str] = ()) -> Model | None:
    """Return the first offered model that follows this one, and that supports the flow; None if there is none."""
    available = offered(refused=refused)
    following = (available.get(next_id) for next_id in _followers(id))
    return next((it for it in following if it and (flow is None or flow in it.flows)), None)


def same_at_provider(id: str) -> list[str]:
    """Return the models that their provider serves as the same one, this model included."""
    return [it for it, model in models().items() if _at_provider(model) == _at_provider(models()[id])]


def _at_provider(model: Model) -> tuple[str, str]:
    return model.provider, model.provider_model or settings().higgsfield_model_path


def default_model(role: str, *, flow: Flow | None = None, refused: Collection[str] = ()) -> Model | None:
    """Return the model of a role in `DEFAULTS`, or its successor if the model is not offered for the flow any more."""
    model = offered(refused=refused).get(DEFAULTS[role])
    if model is not None and (flow is None or flow in model.flows):
        return model
    return successor(DEFAULTS[role], flow=flow, refused=refused)


def fastest_seconds(id: str) -> int:
    """Return a model's shortest generation time; a guess if its row was removed, because its videos are still shown."""
    model = models().get(id)
    return model.usual_seconds[0] if model else _FALLBACK_SECONDS


def usual_seconds(id: str) -> int:
    """Return a model's usual generation time by the catalog; a guess if its row was removed."""
    model = models().get(id)
    return model.usual_seconds[1] if model else 2 * _FALLBACK_SECONDS


def _followers(id: str) -> Iterator[str]:
    """Yield the successors of a model, in order, without running in circles."""
    seen = {id}
    while (model := models().get(id)) and model.successor and model.successor not in seen:
        id = model.successor
        seen.add(id)
        yield id


def _merged(id: str, rows: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    row = rows[id]
    base = _merged(row["like"], rows) if "like" in row else {}
    return {**base, **{name: value for name, value in row.items() if name != "like"}}


def _model(id: str, row: dict[str, Any], providers: Mapping[str, Any]) -> Model:
    provider = providers.get(row["provider"], {})
    limits = {**provider.get("limits", {}), **row.get("limits", {})}
    special = {
        "options": {name: Option(**_tuples(option)) for name, option in row.get("options", {}).items()},
        "rules": tuple(_rule(rule) for rule in row.get("rules", [])),
        "limits": Limits(**_tuples(limits)),
        "is_capacity_per_model": provider.get("is_capacity_per_model", False),
        "prices": tuple(_price(price) for price in row.get("prices", [])),
        "price_verified_at": row.get("price_verified_at") or None,
    }
    return Model(id=id, **{**_tuples(row), **special})


def _rule(rule: Mapping[str, Mapping[str, Any]]) -> Rule:
    return Rule(when=_each_as_tuple(rule["when"]), needs=_each_as_tuple(rule["needs"]))


def _price(price: Mapping[str, Any]) -> Price:
    amounts = {name: value for name, value in price.items() if name.startswith("usd_per_")}
    return Price(when={name: value for name, value in price.items() if name not in amounts}, **amounts)


def _each_as_tuple(values: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in values.items()}


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def loosest_limits() -> Limits:
    """Return bounds that at least one model accepts: for a check before the model is known."""
    return _combined(largest=max, smallest=min)


def strictest_limits() -> Limits:
    """Return bounds that every offered model accepts: for an image that any model may be asked to use later."""
    return _combined(largest=min, smallest=max)


def _combined(*, largest: Callable[[list[Any]], Any], smallest: Callable[[list[Any]], Any]) -> Limits:
    every = [model.limits for model in models().values() if not is_retired(model)]
    return Limits(
        max_prompt_chars=largest([it.max_prompt_chars for it in every]),
        max_image_bytes=largest([it.max_image_bytes for it in every]),
        min_image_side=smallest([it.min_image_side for it in every]),
        min_image_ratio=smallest([it.min_image_ratio for it in every]),
        max_image_ratio=largest([it.max_image_ratio for it in every]),
        min_seed=smallest([it.min_seed for it in every]),
        max_seed=largest(seeds) if (seeds := [it.max_seed for it in every if it.max_seed is not None]) else None,
    )
