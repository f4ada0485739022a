"""Unit tests of the workflow run without tables: no generation times are known."""

import pytest

from keepreel.workflow import usual_times


@pytest.fixture(autouse=True)
def _no_known_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_times, "_entries", lambda _model: [])
