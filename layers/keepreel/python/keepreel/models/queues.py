"""Queues: the models that share a provider's limit on concurrent videos, and that limit."""

from keepreel.models import catalog
from keepreel.models.model import Model
from keepreel.settings import settings

_DEFAULT_CAPACITY = 1  # of a provider that the setting does not name


def queue_of(model_id: str) -> str:
    """Return the queue of a model's videos: `<provider>#<version>`."""
    return _queue(catalog.models()[model_id])


def every() -> list[str]:
    """Return all queues, also those of models that have ended: they may still have videos."""
    return sorted({_queue(model) for model in catalog.models().values()})


def capacity(queue: str) -> int:
    """Return how many videos the provider runs at once, as configured for the queue or else for its provider."""
    configured = _configured(settings().provider_capacity)
    return configured.get(queue, configured.get(queue.partition("#")[0], _DEFAULT_CAPACITY))


def known_names() -> list[str]:
    """Return the names that the setting may have: all providers and all queues."""
    return sorted({name for queue in every() for name in (queue, queue.partition("#")[0])})


def unknown_names(value: str) -> list[str]:
    """Return the names in a value of the setting that count for no queue, such as misspelled ones."""
    return sorted(_configured(value).keys() - set(known_names()))


def _queue(model: Model) -> str:
    version = model.provider_model if model.is_capacity_per_model else "account"
    return f"{model.provider}#{version}"


def _configured(value: str) -> dict[str, int]:
    pairs = (pair.rpartition("=") for pair in value.split(",") if pair.strip())
    return {name.strip(): int(number) for name, _, number in pairs}
