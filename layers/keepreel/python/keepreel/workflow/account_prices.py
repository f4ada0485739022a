"""Prices of this account, for a provider whose task status has no bill but which tells the price of a request.

The provider is asked when a video is complete, with the request that was sent, and never before: a price may neither
delay nor endanger a paid submit. The answer is the video's cost. It is cached for a day, so that requests of the same
kind are estimated at this price instead of the list price.
"""

import json
import math
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pynamodb.expressions.update import Action

from keepreel.aws import STORE_ERRORS
from keepreel.db.request_items import AccountPrice
from keepreel.db.tables import Video
from keepreel.errors import ProviderError
from keepreel.logs import logger
from keepreel.models import catalog, rules
from keepreel.models.model import Model, Values
from keepreel.models.options import Options
from keepreel.providers import registry
from keepreel.providers.base import Bill
from keepreel.workflow import provider_job

_TTL = timedelta(days=1)
_ASK_AGAIN_SECONDS = 3600  # a running function asks once an hour for each kind of request
_PRICED = (
    *("flow", "duration_seconds", "aspect_ratio", "resolution", "sound", "end_image", "reference_images", "shots"),
    *("motions", "enhance_prompt"),
)
_MAX_DISTANCE = 20  # times the list price, or a fraction of it
_asked: dict[str, tuple[float, Bill]] = {}


def charged(video: Video) -> Bill | None:
    """Return what the provider charges for the video's request; None if it does not tell, or does not respond."""
    provider = registry.PROVIDERS.get(video.provider)
    if provider is None or not provider.has_estimates or video.attempt_request is None:
        return None
    key = _key(video.model, _values(video))
    asked_at, bill = _asked.get(key, (-math.inf, None))
    if bill is None or time.monotonic() - asked_at > _ASK_AGAIN_SECONDS:
        bill = _ask(video)
        if bill is not None:
            _asked[key] = (time.monotonic(), bill)
            _store(key, bill)
    return bill


def cents(model: Model, values: Values) -> int | None:
    """Return the account's price of a request in whole US cents, rounded up; None if it is not known today."""
    provider = registry.PROVIDERS.get(model.provider)
    if provider is None or not provider.has_estimates:
        return None
    try:
        price = AccountPrice.get(_key(model.id, values))
    except AccountPrice.DoesNotExist:
        return None
    except STORE_ERRORS as error:
        logger.warning("no account price", extra={"model": model.id, "reason": type(error).__name__})
        return None
    return _plausible_cents(price, model, values) if price.expires_at > datetime.now(UTC) else None


def _plausible_cents(price: AccountPrice, model: Model, values: Values) -> int | None:
    """Return the price unless it is far from the list price: a wrong answer must not lift or exhaust a day's limit."""
    cents, listed = price.usd * 100, model.estimated_cost_cents(values)
    if listed / _MAX_DISTANCE <= cents <= listed * _MAX_DISTANCE:
        return math.ceil(round(cents, 6))
    logger.warning("account price ignored", extra={"model": model.id, "cents": cents, "list_price_cents": listed})
    return None


def _ask(video: Video) -> Bill | None:
    try:
        return registry.adapter(video.provider).estimate(provider_job.without_image(video))
    except ProviderError as error:
        logger.info("no estimate", extra={"video_id": video.video_id, "reason": str(error)})
        return None


def _store(key: str, bill: Bill) -> None:
    if bill.usd is None:
        return
    try:
        actions: list[Action] = [AccountPrice.usd.set(bill.usd), AccountPrice.expires_at.set(datetime.now(UTC) + _TTL)]
        AccountPrice(key).update(actions=actions)
    except STORE_ERRORS as error:
        logger.warning("account price not stored", extra={"reason": type(error).__name__})


def _values(video: Video) -> Values:
    return rules.values_of(
        flow="image" if video.source_image else "text",
        format={
            "duration_seconds": int(video.duration_seconds),
            "aspect_ratio": video.aspect_ratio,
            "resolution": video.resolution,
        },
        options=Options.from_json(video.options),
        negative_prompt=video.negative_prompt,
        seed=None,
    )


def _key(model_id: str, values: Values) -> str:
    """Return the key of a kind of request: everything that changes a price, in the resolution that is delivered."""
    model = catalog.models().get(model_id)
    kind = {name: values.get(name, False) for name in _PRICED}
    kind |= {"resolution": (model and model.delivers) or values["resolution"]}
    digest = sha256(json.dumps(kind, sort_keys=True).encode()).hexdigest()
    return f"price#{model_id}#{digest}"
