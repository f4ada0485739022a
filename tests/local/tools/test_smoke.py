"""`make smoke` before the build: each function needs a sample event and an expected response."""

from pathlib import Path

import pytest

from local.paths import ROOT
from local.tools import smoke


def test_each_function_has_an_expected_response() -> None:
    folders = {file.parent.name for file in ROOT.glob("functions/*/app.py")}

    assert set(smoke.EXPECTED) == folders


def test_functions_without_a_sample_are_named_before_the_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for folder in smoke.EXPECTED.keys() - {"library"}:
        (tmp_path / f"{folder}.json").touch()
    monkeypatch.setattr(smoke, "EVENTS", tmp_path)
    monkeypatch.setattr(smoke, "EXPECTED", {name: it for name, it in smoke.EXPECTED.items() if name != "web"})

    code = smoke.main()

    message = "Add an event to tests/events/ and a response to EXPECTED for library, web.\n"
    assert (code, capsys.readouterr().err) == (1, message)
