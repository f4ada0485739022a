"""Every error that Keepreel raises on purpose.

KeepreelError
├── RequestError             an HTTP request that we refuse; becomes problem+json
│   ├── InvalidInput         400 or 422, names the fields
│   ├── NotFound             404, also for what belongs to somebody else
│   ├── TooLarge             413
│   ├── KeyReused            422, the same Idempotency-Key with another body
│   ├── NotReady, NotCancelable, NotRetryable   409
│   ├── Gone                 410, the Idempotency-Key of videos that were deleted
│   └── LimitReached         429
│       ├── DailyLimit       of videos or money; starts anew at midnight UTC
│       └── InFlightLimit    of videos in the making at the same time
├── ProviderError            what a provider's answer means, above all for money
│   ├── Refused              nothing was charged, and asking again will not help
│   │   └── RefusedOrKnown   as Refused, unless the provider already has a task under our id: look first
│   ├── Busy                 not accepted; the same request may be sent again later
│   ├── OutcomeUnknown       may have been accepted and charged: look before any second submit
│   ├── AccountProblem       nothing was charged; the operator must act (keys, credit, allow-list)
│   └── Unreachable          a read got no usable answer; it says nothing about the task
├── StoreUnavailable         a table, the bucket or the workflow service did not answer; the step may be run again
├── BadImage                 a source image that cannot be used; the message tells a person why
├── BadVideo                 what the provider's link gave is not a whole, playable video
├── BadTrigger               an event or a schedule asks for what cannot be made; the message is for the operator
└── LostRace                 another worker moved the record first, and not to where we wanted it
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class ErrorCode(StrEnum):
    """Why a video failed, as people and scripts see it."""

    PROMPT_REJECTED = "prompt_rejected"
    IMAGE_REJECTED = "image_rejected"
    OUTPUT_REJECTED = "output_rejected"
    PROVIDER_BUSY = "provider_busy"
    PROVIDER_ERROR = "provider_error"
    MODEL_UNAVAILABLE = "model_unavailable"
    TIMED_OUT = "timed_out"
    STORAGE_FAILED = "storage_failed"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a video failed: a code for scripts, and a sentence that tells a person what to do next.

    `message` never holds a provider's raw words or ids; those go to the log.
    """

    code: ErrorCode
    message: str

    def uncharged(self) -> "Failure":
        """The same, where it surely cost nothing; the person is told so."""
        return self if "charged" in self.message else replace(self, message=f"{self.message} Nothing was charged.")


class KeepreelError(Exception):
    """Anything that Keepreel raises on purpose."""


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with a request: a JSON pointer into its body, and what to do about it."""

    pointer: str
    detail: str


class RequestError(KeepreelError):
    """A request that we refuse. `status` is HTTP's; `code` is stable, for scripts; the message is for a person."""

    status = 400
    code = "bad_request"
    title = "Bad request"

    def __init__(self, detail: str, *, code: str | None = None, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.errors = errors
        self.headers: dict[str, str] = {}


class InvalidInput(RequestError):
    code = "invalid_input"
    title = "Invalid input"


class NotFound(RequestError):
    status = 404
    code = "not_found"
    title = "Not found"


class TooLarge(RequestError):
    status = 413
    code = "too_large"
    title = "Body too large"


class KeyReused(RequestError):
    status = 422
    code = "idempotency_key_reused"
    title = "Idempotency-Key used before with another body"


class NotReady(RequestError):
    status = 409
    code = "not_ready"
    title = "Not ready"


class NotCancelable(RequestError):
    status = 409
    code = "not_cancelable"
    title = "Cannot be canceled"


class NotRetryable(RequestError):
    status = 409
    code = "not_retryable"
    title = "Cannot be retried"


class Gone(RequestError):
    status = 410
    code = "gone"
    title = "Deleted"


class LimitReached(RequestError):
    status = 429

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(retry_after_seconds)}


class DailyLimit(LimitReached):
    code = "daily_limit"
    title = "Daily limit reached"


class InFlightLimit(LimitReached):
    code = "in_flight_limit"
    title = "Too many videos in the making"


class ProviderError(KeepreelError):
    """What a provider's answer means. The message is for our log: a short reason, never a key or a prompt."""


class Refused(ProviderError):
    """Nothing was charged, and the same request would be refused again. `failure` is what the person is told."""

    def __init__(self, reason: str, *, failure: Failure) -> None:
        super().__init__(reason)
        self.failure = failure


class RefusedOrKnown(Refused):
    """A refusal that may also mean that the provider already has a task under our id."""


class Busy(ProviderError):
    pass


class OutcomeUnknown(ProviderError):
    pass


class AccountProblem(ProviderError):
    pass


class Unreachable(ProviderError):
    pass


class StoreUnavailable(KeepreelError):
    pass


class BadImage(KeepreelError):
    pass


class BadVideo(KeepreelError):
    pass


class BadTrigger(KeepreelError):
    pass


class LostRace(KeepreelError):
    pass
