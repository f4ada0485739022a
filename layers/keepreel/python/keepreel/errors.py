"""Errors that Keepreel raises, as one tree.

KeepreelError
├── RequestError             a rejected HTTP request; becomes problem+json
│   ├── InvalidInput         400, names the fields
│   ├── BadSignature         401, a provider's callback without a valid signature
│   ├── NotFound             404, also for what belongs to another user
│   ├── TooLarge             413
│   ├── NotReady             409; NotCancelable, NotRetryable, AccountClosing and DemoAccount are other reasons
│   ├── KeyReused, Gone      422, 410: the Idempotency-Key was used with another request, or its videos were deleted
│   ├── Paused               503, the operator has stopped the creation of videos
│   └── LimitReached         429: DailyLimit and SiteDailyLimit, which reset at midnight UTC, and InFlightLimit
├── ProviderError            what a provider's response means, above all for money
│   ├── Refused              nothing was charged, and a retry would fail too
│   │   └── RefusedOrKnown   like Refused, unless the provider already has a task with our id: look it up first
│   ├── Busy                 nothing was accepted; retry later: the account is at capacity, a rate limit, or an outage
│   │   └── NoConnection     nothing was sent
│   ├── OutcomeUnknown       may be accepted and charged: look it up before any second submit
│   ├── AccountProblem       nothing was charged; the operator must act (keys, credit, allowlist)
│   └── Unreachable          a read failed; this says nothing about the task
│       └── FileGone         the provider says that it has no such file; proof only once the file may have expired
├── StoreUnavailable         a table, the bucket or an AWS service did not respond; retry the step
├── BadImage                 an unusable source image; the message is for people
├── BadVideo                 the provider's file is not a complete, playable video
├── SigningFailed            a file could not get a content credential; it is stored without one
├── BadTrigger               an event or a schedule asks for an impossible video; the message is for the operator
└── LostRace                 another worker changed the record first, to a different status
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from keepreel.unavailability import Unavailability as Unavailability


class ErrorCode(StrEnum):
    """Reason codes of failed videos in the API."""

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
    """Why a video failed: a code for scripts, and a message that tells people what to do next.

    `message` never contains a provider's raw text or ids; those go to the log.
    """

    code: ErrorCode
    message: str

    def uncharged(self) -> "Failure":
        """Return this failure with "Nothing was charged." in its message."""
        return self if "charged" in self.message else replace(self, message=f"{self.message} Nothing was charged.")


class KeepreelError(Exception):
    """Base class of all Keepreel errors."""


@dataclass(frozen=True)
class FieldError:
    """One invalid field: a JSON pointer into the request body, and how to fix it."""

    pointer: str
    detail: str


class RequestError(KeepreelError):
    """A rejected request. `status` is the HTTP status, `code` is stable for scripts, and the message is for people."""

    status = 400
    code = "bad_request"
    title = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: tuple[FieldError, ...] = (),
        extensions: Mapping[str, str] | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.extensions = dict(extensions or {})  # more members of the problem
        self.detail = detail
        self.code = code or self.code
        self.errors = errors
        self.headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}


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
    title = "Idempotency-Key reused"


class BadSignature(RequestError):
    status = 401
    code = "bad_signature"
    title = "Bad signature"


class NotReady(RequestError):
    status = 409
    code = "not_ready"
    title = "Not ready"


class AccountClosing(RequestError):
    status = 409
    code = "account_closing"
    title = "Account is being deleted"


class DemoAccount(RequestError):
    status = 409
    code = "demo_account"
    title = "Not possible for the demo account"


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


class Paused(RequestError):
    status = 503
    code = "paused"
    title = "Paused"


class LimitReached(RequestError):
    status = 429


class DailyLimit(LimitReached):
    code = "daily_limit"
    title = "Daily limit reached"


class SiteDailyLimit(LimitReached):
    code = "site_daily_limit"
    title = "Site's daily limit reached"


class InFlightLimit(LimitReached):
    code = "in_flight_limit"
    title = "Too many unfinished videos"


class ProviderError(KeepreelError):
    """What a provider's response means. The message is for the log: a short reason, never a key or a prompt."""


class Refused(ProviderError):
    """`failure` is shown to people. `unavailable` is set if the provider refuses the model, not this request."""

    def __init__(self, reason: str, *, failure: Failure, unavailable: Unavailability | None = None) -> None:
        super().__init__(reason)
        self.failure = failure
        self.unavailable = unavailable


class RefusedOrKnown(Refused):
    """A refusal that may also mean that the provider already has a task with our id."""


class Busy(ProviderError):
    def __init__(self, reason: str, *, unavailable: Unavailability | None = None, is_at_capacity: bool = False) -> None:
        super().__init__(reason)
        self.unavailable = unavailable
        self.is_at_capacity = is_at_capacity


class NoConnection(Busy):
    """The provider does not answer, so it would not answer another video either."""


class OutcomeUnknown(ProviderError): ...


class AccountProblem(ProviderError): ...


class Unreachable(ProviderError): ...


class FileGone(Unreachable): ...


class StoreUnavailable(KeepreelError): ...


class BadImage(KeepreelError): ...


class BadVideo(KeepreelError): ...


class UnusableFile(BadVideo): ...  # the last file that is tried; the workflow does not retry this class


class SigningFailed(KeepreelError): ...  # a file could not get a content credential


class BadTrigger(KeepreelError): ...


class LostRace(KeepreelError): ...
