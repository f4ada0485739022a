"""The vendors' sample errors have the right class and the right reason for people."""

import pytest

from keepreel.errors import (
    AccountProblem,
    Busy,
    ErrorCode,
    OutcomeUnknown,
    ProviderError,
    Refused,
    RefusedOrKnown,
)
from tests.data.vendor_samples import sample
from tests.unit.providers.sample_jobs import adapter, respond, submission
from tests.unit.providers.scripted_server import ScriptedServer

ERRORS: dict[int, tuple[type[ProviderError], ErrorCode | None]] = {
    43: (AccountProblem, None),
    44: (AccountProblem, None),
    45: (AccountProblem, None),
    46: (AccountProblem, None),
    47: (AccountProblem, None),
    48: (AccountProblem, None),
    49: (Refused, ErrorCode.MODEL_UNAVAILABLE),
    50: (Refused, ErrorCode.PROVIDER_ERROR),
    52: (RefusedOrKnown, ErrorCode.PROVIDER_ERROR),
    53: (RefusedOrKnown, ErrorCode.PROVIDER_ERROR),
    54: (RefusedOrKnown, ErrorCode.PROVIDER_ERROR),
    55: (OutcomeUnknown, None),
    56: (RefusedOrKnown, ErrorCode.PROVIDER_ERROR),
    58: (Refused, ErrorCode.MODEL_UNAVAILABLE),
    59: (Refused, ErrorCode.MODEL_UNAVAILABLE),
    60: (RefusedOrKnown, ErrorCode.MODEL_UNAVAILABLE),
    61: (Refused, ErrorCode.PROMPT_REJECTED),
    62: (Refused, ErrorCode.PROMPT_REJECTED),
    63: (Busy, None),
    64: (Busy, None),
    65: (Busy, None),
    66: (AccountProblem, None),
    67: (OutcomeUnknown, None),
    68: (OutcomeUnknown, None),
    69: (OutcomeUnknown, None),
    103: (Busy, None),
    104: (Refused, ErrorCode.PROVIDER_ERROR),
    105: (AccountProblem, None),
    106: (AccountProblem, None),
    107: (Refused, ErrorCode.MODEL_UNAVAILABLE),
    108: (Refused, ErrorCode.PROVIDER_ERROR),
    109: (Refused, ErrorCode.PROVIDER_ERROR),
    110: (OutcomeUnknown, None),
    111: (Busy, None),
    112: (Busy, None),
    113: (OutcomeUnknown, None),
}


@pytest.mark.parametrize("number", ERRORS)
def test_error_has_its_class(server: ScriptedServer, number: int) -> None:
    given = sample(number)
    respond(server, given)

    with pytest.raises(ProviderError) as raised:
        adapter(given).submit(submission(given))

    expected, code = ERRORS[number]
    assert type(raised.value) is expected
    assert (raised.value.failure.code if isinstance(raised.value, Refused) else None) == code
