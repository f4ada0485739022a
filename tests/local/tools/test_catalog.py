"""`make catalog`: the state of each row, and the rows whose price is old."""

from datetime import date, timedelta

import pytest

from keepreel.models import catalog
from local.tools import catalog as tool

TODAY = date(2026, 11, 28)
LISTED_ON = date(2026, 9, 20)


def line(id: str, *, today: date = TODAY) -> list[str]:
    (found,) = [row for row in tool.rows(today) if row.split()[0] == id]
    return found.split()


def test_each_model_has_a_line() -> None:
    assert [row.split()[0] for row in tool.rows(TODAY)] == ["model", *catalog.models()]


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("kling-v2-1", ["retired", "2026-09-15", "2026-08-26", "94", "days", "kling-2.5-turbo"]),
        ("kling-2.6", ["available", "2026-09-20", "69", "days", "kling-3.0"]),
        ("kling-4.0", ["switched", "off", "(setting:", "ExtraModels)", "2026-11-01", "27", "days", "kling-3.0-omni"]),
    ],
)
def test_line_has_state_price_age_and_successor(id: str, words: list[str]) -> None:
    assert line(id)[1 : len(words) + 1] == words


def test_switched_on_model_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRA_MODELS", "kling-4.0")

    assert line("kling-4.0")[1:4] == ["switched", "on", "by"]


@pytest.mark.parametrize(("days", "is_stale"), [(0, False), (60, False), (61, True), (400, True)])
def test_price_is_stale_after_sixty_days(days: int, *, is_stale: bool) -> None:
    stale = {model.id for model in tool.stale_prices(LISTED_ON + timedelta(days=days))}

    assert ("kling-2.6" in stale) is is_stale


def test_retired_and_switched_off_models_have_no_stale_price() -> None:
    stale = {model.id for model in tool.stale_prices(TODAY + timedelta(days=1000))}

    assert stale == {id for id, it in catalog.models().items() if it.retired_on is None and not it.switched_off}


def test_warning_names_the_models_by_the_day_of_their_price() -> None:
    oldest, *_, latest = tool.warnings(TODAY)

    assert oldest.startswith("warning: prices of 2026-07-01 are 150 days old: higgsfield-dop-turbo")
    assert latest.startswith("warning: prices of 2026-09-20 are 69 days old: kling-2.5-turbo, kling-2.6")
