"""What a finished video costs, and which account pays: the balance, a resource pack, or both."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

USD_PER_UNIT = Decimal("0.14")
_CNY_PER_UNIT = 1  # of the test balance; the list price in yuan is not ours
_SMALLEST = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Bill:
    """`paid_by` is the setting `billing` at the time of the create: cash, units, split or test_balance."""

    usd: Decimal
    paid_by: str

    @property
    def units(self) -> Decimal:
        """What the resource pack pays; half of a split bill."""
        if self.paid_by not in ("units", "split"):
            return Decimal(0)
        return (self.usd / USD_PER_UNIT / (1 if self.paid_by == "units" else 2)).quantize(_SMALLEST)

    @property
    def cash_usd(self) -> Decimal:
        if self.paid_by == "cash":
            return self.usd
        return self.usd - self.units * USD_PER_UNIT if self.paid_by == "split" else Decimal(0)

    def entries(self) -> list[dict[str, Any]]:
        """Return `billing` of the tasks API."""
        units = [{"charge_type": "unit", "amount": number(self.units), "package_type": "video"}]
        match self.paid_by:
            case "units":
                return units
            case "split":
                return [*units, _cash("balance", self.cash_usd, currency="USD")]
            case "test_balance":
                return [_cash("test_balance", self.usd / USD_PER_UNIT * _CNY_PER_UNIT, currency="CNY")]
        return [_cash("balance", self.usd, currency="USD")]

    def legacy_deductions(self) -> dict[str, Any]:
        """Return the deductions of the legacy API. A pack alone leaves out the balance, which names no currency."""
        deductions: dict[str, Any] = {"final_unit_deduction": number(self.units)}
        if self.paid_by != "units":
            cash = self.usd / USD_PER_UNIT * _CNY_PER_UNIT if self.paid_by == "test_balance" else self.cash_usd
            deductions["final_balance_deduction"] = {"quota": number(cash), "list_price": number(cash)}
        return deductions


def number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _cash(type: str, amount: Decimal, *, currency: str) -> dict[str, Any]:
    shown = number(amount.quantize(_SMALLEST))
    return {"charge_type": "cash", "cash_type": type, "amount": shown, "currency": currency, "list_price": shown}
