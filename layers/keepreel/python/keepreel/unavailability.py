"""Why a provider does not serve a model, as far as its refusal tells."""

from enum import StrEnum


class Unavailability(StrEnum):
    """Why a provider does not serve a model at all, as far as its refusal tells."""

    GONE = "gone"  # for every account
    UNKNOWN_MODEL = "unknown_model"  # ended, misnamed or not for our account: the provider does not say which
    NOT_ENTITLED = "not_entitled"  # not for our account
    BLOCKED = "blocked"  # for a while
