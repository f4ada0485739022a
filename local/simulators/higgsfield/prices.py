"""The price of a request in credits and dollars, as the estimate and the bill show it."""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from local.simulators.higgsfield.models import VideoRequest

_USD_PER_CREDIT = Decimal("0.0625")
_UNKNOWN_PRICE = "The price of this model depends on the request."


def estimate(video: VideoRequest, *, discount_percent: float) -> dict[str, Any]:
    """Return the response to an estimate. Models priced by tokens answer in words, without any number field."""
    list_credits = None if video.model.price_words else _credits(video, size=(0, 0))
    if list_credits is None:
        words = video.model.price_words or _UNKNOWN_PRICE
        return {"type": "description", "pricing_description": words}
    if not discount_percent:
        return _amounts(list_credits)
    percent = Decimal(str(discount_percent))
    saved = list_credits * percent / 100
    discount = {"percentage": _rounded(percent, "0.01"), **_amounts(saved)}
    return {"type": "estimate", **_amounts(list_credits - saved), "discount": discount}


def charged(video: VideoRequest, *, size: tuple[int, int], discount_percent: float) -> Decimal | None:
    """Return the credits that a finished video of this size costs, or None if the model's price is unknown."""
    list_credits = _credits(video, size=size)
    return None if list_credits is None else list_credits * (100 - Decimal(str(discount_percent))) / 100


def thousandths(credits: Decimal) -> str:
    return _rounded(credits, "0.001")


def _credits(video: VideoRequest, *, size: tuple[int, int]) -> Decimal | None:
    """Return the list price from the first row whose conditions match. Some conditions are fields, one is the sound."""
    facts = {**video.values, "sound": video.has_sound}
    for price in video.model.prices:
        conditions = {name: value for name, value in price.items() if not name.startswith("usd_per_")}
        if all(facts.get(name) == value for name, value in conditions.items()):
            return _usd(price, seconds=video.seconds, size=size) / _USD_PER_CREDIT
    return None


def _usd(price: Any, *, seconds: float, size: tuple[int, int]) -> Decimal:
    if "usd_per_video" in price:
        return Decimal(str(price["usd_per_video"]))
    if "usd_per_1000_tokens" in price:
        return Decimal(str(price["usd_per_1000_tokens"])) * math.ceil(seconds * size[0] * size[1] * 24 / 1024) / 1000
    return Decimal(str(price["usd_per_second"])) * Decimal(str(seconds))


def _amounts(credits: Decimal) -> dict[str, str]:
    return {"credits": thousandths(credits), "usd": thousandths(credits * _USD_PER_CREDIT)}


def _rounded(amount: Decimal, step: str) -> str:
    """Round like the vendor: 9 credits are $0.563."""
    return str(amount.quantize(Decimal(step), rounding=ROUND_HALF_UP))
