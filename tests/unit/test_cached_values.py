"""Values that are cached for five minutes."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from keepreel import cached_values
from keepreel.cached_values import CachedValues


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    clock = {"now": 1000.0}
    monkeypatch.setattr(cached_values, "time", SimpleNamespace(time=lambda: clock["now"]))
    return clock


def test_value_is_read_again_after_five_minutes(clock: dict[str, float]) -> None:
    reads: list[str] = []

    def read(name: str) -> str:
        reads.append(name)
        return f"{name}{len(reads)}"

    values = CachedValues(read)

    assert [values.get("a"), values.get("a"), values.get("b")] == ["a1", "a1", "b2"]
    clock["now"] += 299.9
    assert values.get("a") == "a1"
    clock["now"] += 0.1
    assert [values.get("a"), values.get("a", fresh=True), values.get("a")] == ["a3", "a4", "a4"]


def test_error_is_not_cached_and_hides_an_expired_value(clock: dict[str, float]) -> None:
    answers: Iterator[str | OSError] = iter(["first", OSError(), "second"])

    def read(_name: str) -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    values = CachedValues(read)

    assert values.get("a") == "first"
    clock["now"] += 300
    with pytest.raises(OSError, match=r"^$"):
        values.get("a")
    assert values.get("a") == "second"
