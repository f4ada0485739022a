"""Values of a job's options, with the model's defaults for options that the record does not have."""

from typing import Any

from keepreel.models.model import Model, Option
from keepreel.providers.base import Job


def value(job: Job, name: str) -> Any:
    """Return the job's value of an option, or else the model's default. None if the model lacks the option.

    A provider's own default must never decide, so an adapter sends this value even if the request named none.
    """
    option = job.model.options.get(name)
    if option is None:
        return None
    given = getattr(job.options, name)
    return option.default if given is None or given == () else given


def has_field(model: Model, name: str) -> bool:
    """Return whether the model takes the option as a field of its own. An option with one fixed value has none."""
    return name in model.options and not model.options[name].is_fixed


def is_fixed(model: Model, name: str) -> bool:
    return model.options.get(name, Option()).is_fixed
