"""`make smoke`, as far as nothing is built: it knows how to try each function, and says so where it does not."""

from pathlib import Path

import pytest

from local.paths import ROOT
from local.tools import smoke


def test_every_function_has_an_answer_to_expect_and_every_answer_a_function() -> None:
    folders = {file.parent.name for file in ROOT.glob("functions/*/app.py")}

    assert set(smoke.ANSWERS) == folders


def test_a_function_without_an_event_or_an_answer_is_named_before_anything_is_built(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for folder in smoke.ANSWERS.keys() - {"library"}:
        (tmp_path / f"{folder}.json").touch()
    monkeypatch.setattr(smoke, "EVENTS", tmp_path)
    monkeypatch.setattr(smoke, "ANSWERS", {name: it for name, it in smoke.ANSWERS.items() if name != "web"})

    code = smoke.main()

    words = "local/tools/smoke.py and tests/events/ must say how to try library, web\n"
    assert (code, capsys.readouterr().err) == (1, words)
