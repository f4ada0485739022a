"""Print the state of each row of the model catalog: `make catalog`.

With `--stale`, print only the rows whose price is old: `make check` does so, as a warning.
"""

import sys
from datetime import UTC, date, datetime, timedelta

from keepreel.models import catalog
from keepreel.models.model import Model

MAX_PRICE_AGE = timedelta(days=60)


def stale_prices(today: date) -> list[Model]:
    """Return the models that are offered by default, and whose price is older than 60 days or was never verified."""
    return [
        model
        for model in catalog.models().values()
        if not catalog.is_retired(model, today=today) and not model.switched_off and _is_stale(model, today)
    ]


def rows(today: date) -> list[str]:
    """Return the table, with one line per model."""
    cells = [("model", "state", "price of", "age", "successor", "sources")]
    cells += [
        (
            model.id,
            _state(model, today),
            str(model.price_verified_at or "unverified"),
            _age(model, today),
            model.successor or "",
            "; ".join(model.sources),
        )
        for model in catalog.models().values()
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def warnings(today: date) -> list[str]:
    """Return one line for the stale prices of each day, the oldest first."""
    by_day: dict[date | None, list[Model]] = {}
    for model in sorted(stale_prices(today), key=lambda it: it.price_verified_at or date.min):
        by_day.setdefault(model.price_verified_at, []).append(model)
    return [
        f"warning: prices {f'of {day} are {_age(models[0], today)} old' if day else 'are unverified'}: "
        + ", ".join(it.id for it in models)
        for day, models in by_day.items()
    ]


def _state(model: Model, today: date) -> str:
    if catalog.is_retired(model, today=today):
        return f"retired {model.retired_on}"
    if model.switched_off:
        is_on = not catalog.is_switched_off(model)
        return "switched on by ExtraModels" if is_on else "switched off (setting: ExtraModels)"
    return f"available until {model.retired_on}" if model.retired_on else "available"


def _is_stale(model: Model, today: date) -> bool:
    return model.price_verified_at is None or today - model.price_verified_at > MAX_PRICE_AGE


def _age(model: Model, today: date) -> str:
    return f"{(today - model.price_verified_at).days} days" if model.price_verified_at else ""


def main() -> None:
    today = datetime.now(UTC).date()
    lines = warnings(today) if sys.argv[1:] == ["--stale"] else [*rows(today), "", *warnings(today)]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
