"""The price of a request for this account, with its discount. Asking is free. https://docs.higgsfield.ai"""

import math
from typing import Any

from keepreel.providers.base import Bill, Submission
from keepreel.providers.higgsfield import client
from keepreel.providers.higgsfield.request import confidential
from keepreel.providers.json_values import mapping

USD_PER_CREDIT = 0.0625
_MAX_SECONDS = 5  # a price is not worth waiting for


def estimate(submission: Submission) -> Bill | None:
    """Return what Higgsfield charges for the request; None if it has no number, as for models priced by tokens.

    Raises like `client.send`.
    """
    response = client.send(
        "POST",
        f"/estimate{submission.path.partition('?')[0]}",
        body=submission.body,
        video_id=submission.video_id,
        redacted=confidential(submission.body),
        max_seconds=_MAX_SECONDS,
    )
    credits, usd = (_amount(mapping(response.body).get(name)) for name in ("credits", "usd"))
    if not response.is_success or (credits is None and usd is None):
        return None
    billed_as = {} if credits is None else {"credits": credits}
    return Bill(usd=round((credits or 0) * USD_PER_CREDIT, 6) if usd is None else usd, billed_as=billed_as)


def _amount(value: Any) -> float | None:
    """Return an amount, which Higgsfield writes as a string; None unless it is a number that is not negative."""
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
