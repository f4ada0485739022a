"""Remembered refusals: how long each kind hides its model, and what a second refusal means."""

from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.exceptions import GetError

from keepreel.db import refused_models
from keepreel.errors import Unavailability
from tests.unit.conftest import Item

MODEL, NOON = "kling-2.6", datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def refuse(kind: str, at: datetime) -> bool:
    return refused_models.record([MODEL], Unavailability(kind), now=at)


def is_hidden(at: datetime) -> bool:
    return MODEL in refused_models.hidden(now=at)


@pytest.mark.parametrize(
    ("kind", "hidden_for"),
    [("gone", 30 * DAY), ("unknown_model", DAY), ("not_entitled", DAY), ("blocked", HOUR)],
)
def test_refused_model_is_hidden_for_a_while(kind: str, hidden_for: timedelta) -> None:
    assert refuse(kind, NOON)

    assert is_hidden(NOON + hidden_for - MINUTE)
    assert not is_hidden(NOON + hidden_for)


def test_second_refusal_at_once_is_not_news() -> None:
    refuse("unknown_model", NOON)

    assert not refuse("unknown_model", NOON + HOUR)
    assert not is_hidden(NOON + DAY)


def test_unknown_model_is_gone_after_a_second_refusal_a_day_later() -> None:
    refuse("unknown_model", NOON)

    assert refuse("unknown_model", NOON + DAY + HOUR)
    assert is_hidden(NOON + 30 * DAY)


def test_old_refusal_is_forgotten() -> None:
    refuse("unknown_model", NOON)

    assert refuse("unknown_model", NOON + 10 * DAY)
    assert not is_hidden(NOON + 12 * DAY)


def test_model_that_is_blocked_for_a_day_is_doubtful() -> None:
    for hours in range(25):
        refuse("blocked", NOON + hours * HOUR)

    assert is_hidden(NOON + 2 * DAY - MINUTE)


def test_gone_model_stays_gone_after_a_weaker_refusal() -> None:
    refuse("gone", NOON)

    assert not refuse("blocked", NOON + HOUR)
    assert is_hidden(NOON + 29 * DAY)


def test_forgotten_model_is_offered_again() -> None:
    refused_models.record(["kling-2.6", "kling-3.0"], Unavailability.GONE, now=NOON)

    refused_models.forget(["kling-2.6"])

    assert set(refused_models.hidden(now=NOON)) == {"kling-3.0"}


def test_concurrent_refusals_are_both_kept(refused_item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_while_another_worker_writes() -> object:
        copy = refused_item.read()
        monkeypatch.setattr(refused_models, "_read", refused_item.read)
        refused_models.record(["kling-3.0"], Unavailability.GONE, now=NOON)
        return copy

    monkeypatch.setattr(refused_models, "_read", read_while_another_worker_writes)

    assert refuse("gone", NOON)
    assert set(refused_models.hidden(now=NOON)) == {"kling-2.6", "kling-3.0"}


def test_every_model_is_offered_if_the_table_does_not_respond(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise GetError("no response")

    refuse("gone", NOON)
    monkeypatch.setattr(refused_models, "_read", fail)

    assert refused_models.hidden(now=NOON) == {}


def test_refusals_are_read_again_after_thirty_seconds(refused_item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("keepreel.db.refused_models.time.monotonic", lambda: clock[0])
    assert not is_hidden(NOON)
    copy = refused_item.read()
    copy.models = {
        MODEL: {"kind": "gone", "first_refused_at": NOON.isoformat(), "hidden_until": (NOON + DAY).isoformat()}
    }
    copy.save()

    clock[0] += 29
    assert not is_hidden(NOON)
    clock[0] += 2
    assert is_hidden(NOON)


def test_shorter_block_does_not_end_a_longer_one() -> None:
    refuse("unknown_model", NOON)
    refuse("blocked", NOON + HOUR)

    assert is_hidden(NOON + DAY - MINUTE)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        None,
        "gone",
        {"kind": "vanished", "first_refused_at": "2026-11-28T12:00:00+00:00", "hidden_until": "2027-11-28"},
        {"kind": "gone", "first_refused_at": "yesterday", "hidden_until": "tomorrow"},
        {"kind": "gone", "first_refused_at": 5, "hidden_until": 6},
    ],
)
def test_unreadable_refusal_is_left_out_and_replaced(refused_item: Item, stored: object) -> None:
    refuse("gone", NOON)
    refused_item.models["kling-o1"] = stored
    refused_models.clear_cache()

    assert list(refused_models.hidden(now=NOON + MINUTE)) == [MODEL]
    assert refused_models.record(["kling-o1"], Unavailability.GONE, now=NOON + MINUTE)
    assert set(refused_models.hidden(now=NOON + MINUTE)) == {MODEL, "kling-o1"}


def test_time_without_an_offset_is_utc(refused_item: Item) -> None:
    refused_item.models[MODEL] = {
        "kind": "gone",
        "first_refused_at": "2026-11-28T12:00:00",
        "hidden_until": "2026-11-29T12:00:00",
    }

    assert is_hidden(NOON + HOUR)
