"""Kling's bills: cash of the balance or units of a resource pack, in the two forms of the API standards."""

import math
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from keepreel.providers import registry
from keepreel.providers.base import Bill
from keepreel.providers.json_values import mapping

# The list price of a unit: 5,000 units of the smallest video pack cost $700. Larger packs may be cheaper.
USD_PER_UNIT = 0.14
_USD_BY_KIND = {"units": USD_PER_UNIT, "cash_usd": 1.0, "test_balance_usd": 1.0}
_CHINA_HOST = "api-beijing.klingai.com"


def of_entries(entries: Iterable[object]) -> Bill | None:
    """Return the bill of a task of the tasks API, whose entries are in cash or in units; None if it has none."""
    return _bill((_kind(mapping(it)), mapping(it).get("amount")) for it in entries)


def of_deductions(task: Mapping[str, Any]) -> Bill | None:
    """Return the bill of a legacy task. Its cash has no currency: the host for China bills yuan, others USD."""
    cash = mapping(task.get("final_balance_deduction")).get("quota")
    parts = {"units": task.get("final_unit_deduction"), "cash_cny" if _is_china() else "cash_usd": cash}
    return _bill((kind, amount) for kind, amount in parts.items() if amount not in (None, ""))


def _kind(entry: Mapping[str, Any]) -> str:
    """Return `units`, or the kind and currency of cash, for example `cash_usd` or `test_balance_cny`."""
    if entry.get("charge_type") == "unit":
        return "units"
    currency = entry.get("currency")
    if entry.get("charge_type") != "cash" or not isinstance(currency, str):
        return "other"
    return f"{'test_balance' if entry.get('cash_type') == 'test_balance' else 'cash'}_{currency.lower()[:10]}"


def _is_china() -> bool:
    """Return whether the account is one for China, which buys its packs in yuan."""
    return urlsplit(registry.info("kling").base_url()).hostname == _CHINA_HOST


def _bill(parts: Iterable[tuple[str, object]]) -> Bill | None:
    """Add up the parts by kind. There is no sum in USD if a part is not in USD, because a part is not the cost."""
    billed: dict[str, float] = {}
    is_readable = True
    for kind, value in parts:
        amount = _amount(value)
        is_readable &= amount is not None
        if amount:
            billed[kind] = billed.get(kind, 0) + amount
    if not billed:
        return None
    is_usd = is_readable and billed.keys() <= _USD_BY_KIND.keys() and not (_is_china() and "units" in billed)
    usd = round(sum(_USD_BY_KIND[kind] * amount for kind, amount in billed.items()), 6) if is_usd else None
    return Bill(usd=usd, billed_as={kind: round(amount, 6) for kind, amount in billed.items()})


def _amount(value: object) -> float | None:
    """Return an amount, which Kling writes as a string; None for anything else than a number that is not negative."""
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
